import type { RunReport, ScenarioReport } from '../verdict/run-report.ts';
import type { Verdict } from '../kernel/verdict.ts';
import { describeClock } from './describe-clock.ts';
import { explainCheck, unmetChecks } from './explain.ts';
import { nameUncovered } from './name-uncovered.ts';
import { markdownText } from './markdown-text.ts';

const signs: Readonly<Record<Verdict, string>> = { pass: '✅ pass', fail: '❌ fail', inconclusive: '❔ inconclusive' };

/** Markdown for a job summary or a pull request. */
export function renderSummary(report: RunReport): string {
  const { runbook, environment, alerts, duration } = report;
  const versions = (environment?.versions ?? []).filter(({ real }) => real !== null);
  const uncovered = nameUncovered(report);
  const lines = [
    `# ${report.interrupted === null ? signs[report.verdict] : '⏹ interrupted'}: ${markdownText(runbook.title)}`,
    '',
    '| Scenario | Verdict | Recovery (sandbox) | Recovery (real) |',
    '|---|---|---|---|',
    ...report.scenarios.map(row),
    '',
    ...report.scenarios.flatMap(explained),
    ...unmetChecks(report.checks).map((check) => `- **${markdownText(check.id)}**: ${markdownText(check.message)}`),
    '',
    `Not covered: ${uncovered.length === 0 ? 'nothing' : uncovered.map((name) => markdownText(name)).join(', ')}`,
    ...notUnderstood(runbook),
    ...openQuestions(alerts),
    '',
    `Ran: ${versions.map(({ name, real, declared, agrees }) => markdownText(`${name} ${real}${agrees === false ? ` (the runbook says ${declared})` : ''}`)).join(', ')}; ${describeClock(report)}; ${(duration.realMs / 1000).toFixed(0)} s in all`,
  ];
  return `${lines.join('\n')}\n`;
}

/** What of the runbook was neither run nor checked, because Drillbook cannot. */
function notUnderstood({ notUnderstood: notes = [] }: RunReport['runbook']): readonly string[] {
  if (notes.length === 0) return [];
  return [
    '',
    'Not understood, so neither run nor checked:',
    '',
    ...notes.map(({ message, location }) => `- line ${location.line}: ${markdownText(message)}`),
  ];
}

/** What the run could not show about alert rules. */
function openQuestions(alerts: RunReport['alerts']): readonly string[] {
  if (!alerts || alerts.notJudged.length === 0) return [];
  return [
    '',
    'Open questions about alert rules, which `drillbook alerts test` answers:',
    '',
    ...alerts.notJudged.map(({ message, location }) => `- ${markdownText(message)} (line ${location.line})`),
  ];
}

function row({ id, verdict, recovery }: ScenarioReport): string {
  const seconds = (ms: number | undefined): string => (ms === undefined ? '' : `${(ms / 1000).toFixed(1)} s`);
  return `| ${markdownText(id)} | ${signs[verdict]} | ${seconds(recovery?.sinceProcedure.sandboxMs)} | ${seconds(recovery?.sinceProcedure.realMs)} |`;
}

function explained({ id, checks }: ScenarioReport): readonly string[] {
  const unmet = unmetChecks(checks);
  if (unmet.length === 0) return [];
  return [
    `### ${markdownText(id)}`,
    '',
    ...unmet.flatMap((check) => explainCheck(check, '').map((line) => `- ${markdownText(line)}`)),
    '',
  ];
}
