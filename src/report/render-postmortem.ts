import type { Debrief } from '../verdict/drill/debrief.ts';
import { bothClocks, outcomeWords, pairWords } from './debrief-words.ts';
import { markdownText } from './markdown-text.ts';

/**
 * The draft of a post-mortem: facts are filled in from the record, opinions are left as questions. It blames no one:
 * what went wrong was done with the knowledge of that moment.
 */
export function renderPostmortem(debrief: Debrief): string {
  const { run, scenario, startedAt, outcome, reasons, player, level, timeScale } = debrief;
  const lines = [
    `# Post-mortem of the drill ${markdownText(run)}`,
    '',
    `Outcome: **${outcomeWords[outcome]}**. ${reasons.map((reason) => markdownText(reason)).join('; ')}`,
    '',
    `Began ${markdownText(startedAt)}; player ${markdownText(player)}; level ${level}; ${timeScale} sandbox seconds a second.`,
    '',
    '## Impact',
    '',
    ...impact(debrief),
    '',
    '## Cause',
    '',
    scenario?.fault ? markdownText(scenario.fault.summary) : 'Nothing was broken.',
    '',
    '- Why was this possible?',
    '- What would make it impossible?',
    '',
    '## Detection',
    '',
    ...detection(debrief),
    '- Would this have been noticed at night?',
    '',
    '## Times',
    '',
    '| Time | Took | From and to |',
    '|---|---|---|',
    ...debrief.pairs.map(
      ({ short, name, took }) => `| ${short} | ${bothClocks(took, timeScale)} | ${pairWords[name]} |`,
    ),
    '',
    '## Timeline',
    '',
    '| Real time | Sandbox | Who | What |',
    '|---|---|---|---|',
    ...debrief.timeline.map(
      ({ at, lane, text }) =>
        `| ${(at.realMs / 1000).toFixed(1)} s | ${at.sandbox.slice(11, 19)} | ${lane} | ${markdownText(text)} |`,
    ),
    '',
    '## What went well',
    '',
    ...wentWell(debrief),
    '- What else went well?',
    '',
    '## What went badly',
    '',
    ...debrief.actions.map(
      ({ message, verdict }) =>
        `- ${markdownText(message)}${verdict === 'unknown' ? ' (the record does not show whose doing it was)' : ''}`,
    ),
    '- What did the runbook, the pages or the tools lead to?',
    '',
    '## Where luck helped',
    '',
    '- What would have made this worse?',
    '',
    '## Action items',
    '',
    ...items(debrief),
  ];
  return `${lines.join('\n')}\n`;
}

function impact({ ledger }: Debrief): readonly string[] {
  if (!ledger) return ['The jobs were not accounted for.'];
  const { enqueued, completed, duplicated, failed, queued, removed, lost, whole } = ledger;
  return [
    `- ${enqueued} jobs were added: ${completed} were done once, ${duplicated} more than once, ${failed} failed for good, ${queued} were still queued at the end, ${removed} were removed, ${lost} were lost.`,
    ...(whole ? [] : ['- Not every job could be accounted for, so the number of lost jobs is not a fact.']),
    '- What did customers see?',
  ];
}

function detection({ detectedBy, pages }: Debrief): readonly string[] {
  const by = {
    player: '- The player noticed it before any page.',
    page: '- A page reported it.',
    customer: '- A customer complained before anything else did.',
  } as const;
  return [
    ...(detectedBy ? [by[detectedBy]] : ['- The record does not show that the player noticed it.']),
    ...pages.map(({ page, text }) => `- Page ${page}: ${markdownText(text)}`),
  ];
}

function wentWell({ answers, ledger, actions }: Debrief): readonly string[] {
  return [
    ...(answers.some(({ right }) => right) ? ['- The branch of the runbook and the broken part were named.'] : []),
    ...(ledger?.whole && ledger.lost === 0 ? ['- No job was lost.'] : []),
    ...(actions.some(({ kind }) => kind === 'harm') ? [] : ['- The rest of the fleet was left alone.']),
  ];
}

function items({ items: found }: Debrief): readonly string[] {
  const lines = found.map(({ message, location }) => {
    const where = location ? `${markdownText(location.file)} line ${location.line}: ` : '';
    return `- [ ] ${where}${markdownText(message)}`;
  });
  return [...lines, '- [ ] What is the one thing that you commit to, and by when?'];
}
