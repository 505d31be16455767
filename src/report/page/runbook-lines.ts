import type { RunStarted } from '../../history/events.ts';
import type { Verdict } from '../../kernel/verdict.ts';
import { oneLine } from '../../kernel/plain-text.ts';
import type { Check, RunReport } from '../../verdict/run-report.ts';
import { markup, type Markup } from '../markup.ts';

/** What a run says about one line of the runbook. */
export interface LineFacts {
  /** How often a command that stands here ran, in all arms. */
  runs: number;
  /** It is in a block that no scenario judges. */
  uncovered: boolean;
  /** In the order in which the report has them. */
  readonly remarks: Remark[];
}

export interface Remark {
  readonly kind: Verdict | 'not covered' | 'not understood' | 'covered' | 'read' | 'edited' | 'to change';
  readonly text: string;
  /** Ids of scenarios, to link to. */
  readonly scenarios: readonly string[];
}

/** A link to a line of the runbook on the page. */
export function lineLink(line: number, text = String(line)): Markup {
  return markup`<a class="line-link" href="#L${line}">${text}</a>`;
}

/** Everything that the report says about lines of the runbook, by line. */
export function runbookLines(report: RunReport, run: RunStarted): ReadonlyMap<number, LineFacts> {
  const { lines, at } = createLines();
  countRuns(report, at);
  markUncovered(report, run, at);
  for (const [line, remark] of [
    ...checkRemarks(report),
    ...blockRemarks(report, run),
    ...alertRemarks(report),
    ...(report.runbook.notUnderstood ?? []).map(
      ({ message, location }) => [location.line, { kind: 'not understood', text: message, scenarios: [] }] as const,
    ),
  ])
    at(line).remarks.push(remark);
  return lines;
}

/** Facts by line; `at` gives those of a line to add to. */
export function createLines(): {
  readonly lines: ReadonlyMap<number, LineFacts>;
  readonly at: (line: number) => LineFacts;
} {
  const lines = new Map<number, LineFacts>();
  const at = (line: number): LineFacts => {
    const known = lines.get(line) ?? { runs: 0, uncovered: false, remarks: [] };
    lines.set(line, known);
    return known;
  };
  return { lines, at };
}

type Remarks = readonly (readonly [line: number, remark: Remark])[];

function countRuns({ scenarios }: RunReport, at: (line: number) => LineFacts): void {
  for (const { line, endLine = line } of scenarios
    .flatMap(({ procedures }) => procedures)
    .flatMap(({ commands }) => commands)) {
    for (let one = line; one <= Math.min(endLine, line + mostLinesOfCommand); one += 1) at(one).runs += 1;
  }
}

/** A longer command or block is damage. */
const mostLinesOfCommand = 1000;

function markUncovered({ coverage }: RunReport, { runbook }: RunStarted, at: (line: number) => LineFacts): void {
  const blocks = coverage.flatMap(({ procedures }) => procedures).filter(({ covered }) => !covered);
  const uncovered = new Set(blocks.map(({ address }) => address));
  for (const { address, location } of runbook.blocks ?? []) {
    const last = Math.min(location.endLine ?? location.line, location.line + mostLinesOfCommand);
    if (uncovered.has(address)) for (let line = location.line; line <= last; line += 1) at(line).uncovered = true;
  }
}

function checkRemarks({ checks, scenarios, runbook }: RunReport): Remarks {
  const remarksOf = (check: Check, ids: readonly string[]): Remarks =>
    check.verdict === 'pass'
      ? []
      : check.findings.flatMap(({ message, cause, location }) => {
          if (location?.file !== runbook.file) return [];
          const why = cause === undefined ? '' : `: ${cause}`;
          return [[location.line, { kind: check.verdict, text: `${message}${why}`, scenarios: ids }] as const];
        });
  return [
    ...checks.flatMap((check) => remarksOf(check, [])),
    ...scenarios.flatMap((scenario) => scenario.checks.flatMap((check) => remarksOf(check, [scenario.id]))),
  ];
}

function blockRemarks({ coverage }: RunReport, { runbook, coverage: rule }: RunStarted): Remarks {
  const places = new Map((runbook.blocks ?? []).map(({ address, location }) => [address, location.line]));
  const excuses = new Map(
    (rule?.excused ?? []).flatMap(({ why, addresses }) => addresses.map((one) => [one, why] as const)),
  );
  return coverage.flatMap(({ procedures }) =>
    procedures.flatMap(({ address, covered, scenarios }): Remarks => {
      const line = places.get(address);
      if (line === undefined) return [];
      if (covered) return [[line, { kind: 'covered', text: `${address} ran in`, scenarios }]];
      const excuse = excuses.get(address);
      const text = excuse === undefined ? `${address}: no scenario judges it` : `${address} is left out: ${excuse}`;
      return [[line, { kind: 'not covered', text, scenarios: [] }]];
    }),
  );
}

function alertRemarks({ alerts, runbook }: RunReport): Remarks {
  if (!alerts) return [];
  const rules = alerts.rules.map(({ name, location, scenarios }) => ({
    location,
    scenarios,
    did: `the alert ${name} fired in`,
    not: `no fault made the alert ${name} fire`,
  }));
  const rows = alerts.rows.map(({ metric, location, scenarios }) => ({
    location,
    scenarios,
    did: `the alert threshold of ${metric} is a symptom of`,
    not: `the alert threshold of ${metric} is the symptom of no scenario`,
  }));
  return [...rules, ...rows].flatMap(({ location, scenarios, did, not }): Remarks => {
    if (location.file !== runbook.file) return [];
    const isCovered = scenarios.length > 0;
    return [[location.line, { kind: isCovered ? 'covered' : 'not covered', text: isCovered ? did : not, scenarios }]];
  });
}

/** Links to scenarios on the page. */
export function scenarioLinks(ids: readonly string[]): readonly Markup[] {
  return ids.map(
    (id, index) => markup`${index === 0 ? '' : ', '}<a href="#${scenarioAnchor(id)}">${oneLine(id, 60)}</a>`,
  );
}

export function scenarioAnchor(id: string): string {
  return `s-${id}`;
}
