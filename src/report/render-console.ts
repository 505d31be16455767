import { styleText } from 'node:util';

import type { RunReport, ScenarioReport } from '../verdict/run-report.ts';
import type { Verdict } from '../kernel/verdict.ts';
import { describeClock } from './describe-clock.ts';
import { explainCheck, explainFinding, place, unmetChecks } from './explain.ts';
import { nameUncovered } from './name-uncovered.ts';
import { count } from '../kernel/words.ts';
import { oneLine, withoutCommands } from '../kernel/plain-text.ts';

export interface ConsoleOptions {
  readonly color: boolean;
  /** Files below this folder are printed relative to it. */
  readonly cwd: string;
}

const linesPerScenario = 3;
const notesShown = 8;
const words: Readonly<Record<Verdict, string>> = { pass: 'pass', fail: 'FAIL', inconclusive: 'inconclusive' };
const colors = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;

/** The text at the end of a run: the verdict of each scenario with its reasons, then facts and totals of the run. */
export function renderConsole(report: RunReport, options: ConsoleOptions): string {
  const lines = [
    ...report.scenarios.flatMap((scenario) => renderScenario(scenario, options)),
    ...renderRunChecks(report, options),
    '',
    ...renderFacts(report, options),
    '',
    renderTotals(report, options),
  ];
  return withoutCommands(`${lines.join('\n')}\n`);
}

function paint(verdict: Verdict, text: string, { color }: ConsoleOptions): string {
  return color ? styleText(colors[verdict], text, { validateStream: false }) : text;
}

function renderScenario(scenario: ScenarioReport, options: ConsoleOptions): readonly string[] {
  const head = `${paint(scenario.verdict, words[scenario.verdict].padEnd(12), options)}  ${oneLine(scenario.id)}  ${oneLine(scenario.title)}${recovered(scenario)}`;
  const explained = unmetChecks(scenario.checks).flatMap((check) => explainCheck(check, options.cwd));
  const shown = explained.slice(0, linesPerScenario).map((line) => `              ${line}`);
  const more = explained.length - shown.length;
  return [head, ...shown, ...(more > 0 ? [`              and ${more} more in report.json`] : [])];
}

function recovered({ recovery }: ScenarioReport): string {
  if (!recovery) return '';
  const { sandboxMs, realMs } = recovery.sinceProcedure;
  return ` (recovered in ${seconds(sandboxMs)} sandbox, ${seconds(realMs)} real)`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function renderRunChecks({ checks }: RunReport, options: ConsoleOptions): readonly string[] {
  return unmetChecks(checks).flatMap((check) => [
    `${paint(check.verdict, words[check.verdict].padEnd(12), options)}  ${oneLine(check.id)}  ${oneLine(check.message, 400)}`,
    ...check.findings
      .slice(0, linesPerScenario)
      .map((finding) => `              ${explainFinding(finding, options.cwd)}`),
  ]);
}

function renderFacts(report: RunReport, options: ConsoleOptions): readonly string[] {
  const { runbook, environment, alerts, notes, seed } = report;
  const uncovered = nameUncovered(report);
  const versions = environment?.versions.filter(({ agrees }) => agrees === false) ?? [];
  return [
    `runbook      ${oneLine(runbook.title)}${runbook.version === null ? '' : `, version ${oneLine(runbook.version)}`}`,
    ...runbook.repairs.map((repair) => `repaired     ${oneLine(repair)}`),
    ...versions.map(
      ({ name, declared, real }) =>
        `version      ${oneLine(name)}: the runbook says ${oneLine(declared ?? '?')}, ${oneLine(real ?? '?')} ran`,
    ),
    ...(uncovered.length > 0 ? [`not covered  ${uncovered.map((name) => oneLine(name, 60)).join(', ')}`] : []),
    ...renderNotUnderstood(report, options),
    ...(alerts && alerts.notJudged.length > 0
      ? [
          `alerts       ${count(alerts.notJudged.length, 'question')} open, see summary.md; "drillbook alerts test" answers them`,
        ]
      : []),
    ...notes.map((note) => `note         ${oneLine(note)}`),
    `clock        ${describeClock(report)}, seed ${seed}`,
  ];
}

/** A heading, and at most eight places of the runbook. */
function renderNotUnderstood({ runbook }: RunReport, { cwd }: ConsoleOptions): readonly string[] {
  const notes = runbook.notUnderstood ?? [];
  if (notes.length === 0) return [];
  const shown = notes
    .slice(0, notesShown)
    .map(({ message, location }) => `             ${place(location, cwd)}  ${oneLine(message, 300)}`);
  const more = notes.length - shown.length;
  return [
    'not understood, so neither run nor checked:',
    ...shown,
    ...(more > 0 ? [`             and ${more} more in report.json`] : []),
  ];
}

function renderTotals(report: RunReport, options: ConsoleOptions): string {
  const number = (verdict: Verdict): number =>
    report.scenarios.filter((scenario) => scenario.verdict === verdict).length;
  const totals = `${number('pass')} passed, ${number('fail')} failed, ${number('inconclusive')} inconclusive in ${seconds(report.duration.realMs)}`;
  const whole = report.interrupted === null ? words[report.verdict] : 'interrupted';
  return `${paint(report.verdict, whole, options)}: ${totals}`;
}
