import { styleText } from 'node:util';

import type { RunReport, ScenarioReport } from '../verdict/run-report.ts';
import type { Verdict } from '../kernel/verdict.ts';
import { explainCheck, explainFinding, unmetChecks } from './explain.ts';
import { nameUncovered } from './name-uncovered.ts';
import { oneLine, withoutCommands } from '../kernel/plain-text.ts';

export interface ConsoleOptions {
  readonly color: boolean;
  /** Files below this folder are printed relative to it. */
  readonly cwd: string;
}

const linesPerScenario = 3;
const words: Readonly<Record<Verdict, string>> = { pass: 'pass', fail: 'FAIL', inconclusive: 'inconclusive' };
const colors = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;

/** The text at the end of a run: the verdict of each scenario with its reasons, then facts and totals of the run. */
export function renderConsole(report: RunReport, options: ConsoleOptions): string {
  const lines = [
    ...report.scenarios.flatMap((scenario) => renderScenario(scenario, options)),
    ...renderRunChecks(report, options),
    '',
    ...renderFacts(report),
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

function renderFacts({ runbook, environment, coverage, notes, timeScale, seed }: RunReport): readonly string[] {
  const uncovered = nameUncovered(coverage);
  const versions = environment?.versions.filter(({ agrees }) => agrees === false) ?? [];
  return [
    `runbook      ${oneLine(runbook.title)}${runbook.version === null ? '' : `, version ${oneLine(runbook.version)}`}`,
    ...runbook.repairs.map((repair) => `repaired     ${oneLine(repair)}`),
    ...versions.map(
      ({ name, declared, real }) =>
        `version      ${oneLine(name)}: the runbook says ${oneLine(declared ?? '?')}, ${oneLine(real ?? '?')} ran`,
    ),
    ...(uncovered.length > 0 ? [`not covered  ${uncovered.map((name) => oneLine(name, 60)).join(', ')}`] : []),
    ...notes.map((note) => `note         ${oneLine(note)}`),
    `clock        ${timeScale} sandbox seconds a second, seed ${seed}`,
  ];
}

function renderTotals(report: RunReport, options: ConsoleOptions): string {
  const count = (verdict: Verdict): number =>
    report.scenarios.filter((scenario) => scenario.verdict === verdict).length;
  const totals = `${count('pass')} passed, ${count('fail')} failed, ${count('inconclusive')} inconclusive in ${seconds(report.duration.realMs)}`;
  const whole = report.interrupted === null ? words[report.verdict] : 'interrupted';
  return `${paint(report.verdict, whole, options)}: ${totals}`;
}
