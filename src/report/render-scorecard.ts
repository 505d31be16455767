import { styleText } from 'node:util';

import { oneLine } from '../kernel/plain-text.ts';
import { count } from '../kernel/words.ts';
import type { Debrief } from '../verdict/drill/debrief.ts';
import { bothClocks, outcomeWords, pairWords } from './debrief-words.ts';
import type { ConsoleOptions } from './render-console.ts';

const colors = {
  recovered: 'green',
  'stood-down': 'green',
  'not-recovered': 'red',
  inconclusive: 'yellow',
  stopped: 'yellow',
} as const;

/** The scorecard at the end of a drill: outcome and harm first, speed after that. */
export function renderScorecard(debrief: Debrief, options: ConsoleOptions): string {
  const { outcome, reasons, scenario, timeScale, detectedBy, hints, seal } = debrief;
  const title = outcomeWords[outcome].toUpperCase();
  const lines = [
    options.color ? styleText(['bold', colors[outcome]], title, { validateStream: false }) : title,
    ...reasons.map((reason) => `  ${oneLine(reason, 300)}`),
    '',
    ...(scenario ? [`  what was broken    ${scenario.fault ? oneLine(scenario.fault.summary) : 'nothing'}`] : []),
    ...(scenario?.fault ? [`  the cure is in     ${scenario.sections.join(', ')} of the runbook`] : []),
    ...(detectedBy ? [`  noticed by         ${detectedBy}`] : []),
    ...jobLines(debrief),
    '',
    ...debrief.pairs.map(
      ({ short, name, took }) => `  ${short}  ${bothClocks(took, timeScale).padEnd(28)} ${pairWords[name]}`,
    ),
    ...partLines(debrief),
    '',
    ...actionLines(debrief),
    ...itemLines(debrief),
    ...(debrief.herring ? [`  red herring: ${oneLine(debrief.herring.text, 200)}`] : []),
    ...recordLines(debrief),
    ...(hints.taken.length > 0 ? [`  hints: ${hints.taken.length} taken, ${hints.charged} charged`] : []),
    seal.opened
      ? `  seal: ${seal.digest.slice(0, 16)}… fits the plan (seed ${seal.opened.seed}, level ${debrief.level})`
      : '  seal: it was not opened',
  ];
  return `${lines.join('\n')}\n`;
}

/** What the mitigation consisted of, beside what the runbook's own procedure needed. */
function partLines({ breakdown, par, timeScale }: Debrief): readonly string[] {
  const took = (span: Debrief['duration'] | null): string => (span ? bothClocks(span, timeScale) : '-');
  return [
    ...(breakdown
      ? [
          `  of TTM: noticing ${took(breakdown.noticing)}, finding ${took(breakdown.finding)}, doing ${took(breakdown.doing)}, the fleet itself ${took(breakdown.fleet)}`,
        ]
      : []),
    ...(par?.ok ? [`  par: the runbook's own procedure took ${took(par.sinceProcedure)}`] : []),
    ...(par && !par.ok
      ? [
          "  no par: the runbook's own procedure failed its own drill",
          ...par.reasons.map((text) => `    - ${oneLine(text, 200)}`),
        ]
      : []),
  ];
}

function recordLines({ redacted }: Debrief): readonly string[] {
  if (!redacted) return [];
  const { replaced, leftOut } = redacted;
  const slow = leftOut === 0 ? '' : `; ${count(leftOut, 'text')} left out, because the search took too long`;
  return [`  redacted: ${count(replaced, 'match', 'matches')} left out of the record${slow}`];
}

function jobLines({ ledger }: Debrief): readonly string[] {
  if (!ledger) return [];
  const { enqueued, completed, duplicated, failed, queued, lost } = ledger;
  return [
    `  jobs               ${enqueued}: ${completed} done once, ${duplicated} done twice or more, ${failed} failed, ${queued} queued, ${lost} lost`,
  ];
}

function actionLines({ actions, commands }: Debrief): readonly string[] {
  const wrong = actions.filter(({ verdict }) => verdict === 'wrong');
  const unknown = actions.length - wrong.length;
  return [
    `  ${wrong.length === 0 ? 'no wrong actions' : count(wrong.length, 'wrong action')}${unknown > 0 ? `, ${unknown} of which the record does not show whose doing it was` : ''}`,
    ...actions.map(({ message, command, verdict }) => {
      const line = command === null ? undefined : commands[command]?.line;
      const by = line === undefined ? '' : ` (\`${oneLine(line, 80)}\`)`;
      return `    ${verdict === 'wrong' ? '-' : '?'} ${oneLine(message, 200)}${by}`;
    }),
  ];
}

function itemLines({ items }: Debrief): readonly string[] {
  if (items.length === 0) return ['  nothing that the runbook should change'];
  return [
    `  ${count(items.length, 'thing')} that the runbook should change`,
    ...items.map(({ message, location }) => {
      const where = location ? `${location.file}:${location.line}: ` : '';
      return `    - ${where}${oneLine(message, 200)}`;
    }),
  ];
}
