import type { RunReport, ScenarioReport } from '../verdict/run-report.ts';
import type { Verdict } from '../kernel/verdict.ts';
import { explainCheck, unmetChecks } from './explain.ts';
import { nameUncovered } from './name-uncovered.ts';
import { oneLine } from '../kernel/plain-text.ts';

const signs: Readonly<Record<Verdict, string>> = { pass: '✅ pass', fail: '❌ fail', inconclusive: '❔ inconclusive' };

/** Markdown for a job summary or a pull request. */
export function renderSummary(report: RunReport): string {
  const { runbook, coverage, environment, timeScale, duration } = report;
  const versions = (environment?.versions ?? []).filter(({ real }) => real !== null);
  const uncovered = nameUncovered(coverage);
  const lines = [
    `# ${report.interrupted === null ? signs[report.verdict] : '⏹ interrupted'}: ${cell(runbook.title)}`,
    '',
    '| Scenario | Verdict | Recovery (sandbox) | Recovery (real) |',
    '|---|---|---|---|',
    ...report.scenarios.map(row),
    '',
    ...report.scenarios.flatMap(explained),
    ...unmetChecks(report.checks).map((check) => `- **${cell(check.id)}**: ${cell(check.message)}`),
    '',
    `Not covered: ${uncovered.length === 0 ? 'nothing' : uncovered.map((name) => cell(name)).join(', ')}`,
    '',
    `Ran: ${versions.map(({ name, real, declared, agrees }) => cell(`${name} ${real}${agrees === false ? ` (the runbook says ${declared})` : ''}`)).join(', ')}; ${timeScale} sandbox seconds a second; ${(duration.realMs / 1000).toFixed(0)} s in all`,
  ];
  return `${lines.join('\n')}\n`;
}

function row({ id, verdict, recovery }: ScenarioReport): string {
  const seconds = (ms: number | undefined): string => (ms === undefined ? '' : `${(ms / 1000).toFixed(1)} s`);
  return `| ${cell(id)} | ${signs[verdict]} | ${seconds(recovery?.sinceProcedure.sandboxMs)} | ${seconds(recovery?.sinceProcedure.realMs)} |`;
}

function explained({ id, checks }: ScenarioReport): readonly string[] {
  const unmet = unmetChecks(checks);
  if (unmet.length === 0) return [];
  return [
    `### ${cell(id)}`,
    '',
    ...unmet.flatMap((check) => explainCheck(check, '').map((line) => `- ${cell(line)}`)),
    '',
  ];
}

/**
 * Escapes text from a runbook or a container, so that none of it acts as Markdown or HTML.
 * GitHub links people and issues after it has read the Markdown, so a zero-width space follows each `@` and `#`.
 */
function cell(text: string): string {
  return oneLine(text, 500)
    .replaceAll(/[\\`*_{}[\]()#+!|<>&~@:$]|^[-=]|(?<=^\d+|www)\./gi, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll(/&#(?:35|64);/g, '$&&#8203;');
}
