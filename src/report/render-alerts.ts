import { count } from '../kernel/words.ts';
import { styleText } from 'node:util';

import { seconds } from '../alerts/say-time.ts';
import type { AlertsReport, Cell, CellOutcome, Finding, RuleReport } from '../alerts/alerts-report.ts';
import type { AlertPicture } from '../alerts/alert-picture.ts';
import { oneLine, withoutCommands } from '../kernel/plain-text.ts';
import type { Verdict } from '../kernel/verdict.ts';
import { place } from './explain.ts';
import type { ConsoleOptions } from './render-console.ts';
import { renderSparkline, sparklineKey } from './render-sparkline.ts';

const words: Readonly<Record<Verdict, string>> = { pass: 'pass', fail: 'FAIL', inconclusive: 'inconclusive' };
const colors = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;
const sparklineWidth = 90;
const cellColors = { fired: 'green', late: 'red', quiet: undefined, unknown: 'yellow' } as const;

/** The text of `alerts test`: faults × rules, then each rule with its times and findings, then the totals. */
export function renderAlerts(report: AlertsReport, pictures: readonly AlertPicture[], options: ConsoleOptions): string {
  const { rules, findings, promtool, runs, confirmed } = report;
  const lines = [
    ...renderMatrix(report, options),
    '',
    ...rules.flatMap((rule) => [...renderRule(rule, options), ...renderPicture(rule, pictures, options), '']),
    ...findings.map((finding) => renderFinding(finding, options)),
    ...(findings.length > 0 ? [''] : []),
    ...(pictures.length > 0 ? [`pictures     ${sparklineKey}`] : []),
    `promtool     ${promtool}, which confirmed ${count(confirmed, 'timeline')}`,
    `recorded in  ${runs.map((run) => oneLine(run)).join(', ')}`,
    '',
    renderTotals(report, options),
  ];
  return withoutCommands(`${lines.join('\n')}\n`);
}

function renderMatrix({ rules, faults }: AlertsReport, options: ConsoleOptions): readonly string[] {
  const width = Math.max(8, ...faults.map((fault) => fault.length));
  const columns = rules.map((_, index) => String(index + 1).padEnd(8));
  const legend = rules.map(({ name }, index) => `  ${String(index + 1).padStart(2)}  ${oneLine(name)}`);
  const rows = faults.map((fault) => {
    const cells = rules.map(({ cells: of }) =>
      cellWord(
        of.find(({ scenario }) => scenario === fault),
        options,
      ),
    );
    return `${fault.padEnd(width)}  ${cells.join('')}`.trimEnd();
  });
  return [...legend, '', `${'fault'.padEnd(width)}  ${columns.join('')}`.trimEnd(), ...rows];
}

function cellWord(cell: Cell | undefined, { color }: ConsoleOptions): string {
  const outcome: CellOutcome = cell?.outcome ?? 'unknown';
  const text = outcome.padEnd(8);
  const style = cellColors[outcome];
  return color && style ? styleText(style, text, { validateStream: false }) : text;
}

function renderRule(rule: RuleReport, options: ConsoleOptions): readonly string[] {
  const head = `${paint(rule.verdict, words[rule.verdict].padEnd(12), options)} ${oneLine(rule.name)}  ${place(rule.location, options.cwd)}`;
  const caught = rule.cells.filter(({ firing }) => firing !== undefined);
  const unknown = rule.cells.filter(({ outcome }) => outcome === 'unknown');
  return [
    head,
    `             ${oneLine(rule.expr, 160)}${rule.for === undefined ? '' : `  for ${rule.for}`}`,
    ...caught.flatMap((cell) => renderFiring(cell)),
    ...sayUnknown(unknown).map((line) => `             unknown: ${line}`),
    `             healthy: ${sayHealthy(rule.healthy)}`,
    ...rule.findings.map((finding) => `             ${renderFinding(finding, options)}`),
  ];
}

/** The first picture of the rule. `alerts.html` has them all. */
function renderPicture(
  { name, expr }: RuleReport,
  pictures: readonly AlertPicture[],
  { color }: ConsoleOptions,
): readonly string[] {
  const picture = pictures.find((one) => one.rule === name && one.expr === expr);
  if (!picture) return [];
  const lines = renderSparkline(picture, sparklineWidth, { color }).split('\n');
  return [`picture: ${oneLine(picture.scenario)}`, ...lines].map((line) => `             ${line}`);
}

function renderFiring({ scenario, outcome, firing }: Cell): readonly string[] {
  if (!firing) return [];
  const { min, median, worst } = firing.delayMs;
  const { metricMs, scrapeMs, evaluationMs, forMs } = firing.worst.delay;
  const parts = `metric ${seconds(metricMs)} + scrape ${seconds(scrapeMs)} + evaluation ${seconds(evaluationMs)} + for ${seconds(forMs)}`;
  const { resolvedS, firingS } = firing.worst;
  const resolved = resolvedS === undefined ? 'did not resolve' : `resolved after ${seconds(resolvedS - firingS)}`;
  return [
    `             ${scenario}: ${outcome} ${seconds(min)} / ${seconds(median)} / ${seconds(worst)} after the fault (best, median, worst phase), ${resolved}`,
    `               worst: ${parts}`,
  ];
}

/** One line for each reason. A single fault that ends too soon is named with its times, several are counted. */
function sayUnknown(cells: readonly Cell[]): readonly string[] {
  const tooShort = cells.filter(({ missingMs }) => missingMs !== undefined);
  const missing = tooShort.map(({ missingMs }) => missingMs ?? 0);
  const short =
    tooShort.length > 1
      ? [
          `${tooShort.length} faults end ${seconds(Math.min(...missing))} to ${seconds(Math.max(...missing))} too soon for this rule; --hold watches them longer`,
        ]
      : tooShort.map(({ scenario, reason, missingMs = 0 }) => `${scenario} (${reason}; ${seconds(missingMs)} more)`);
  const others = Map.groupBy(
    cells.filter(({ missingMs }) => missingMs === undefined),
    ({ reason }) => reason,
  );
  return [
    ...short,
    ...[...others].map(([reason, of]) => `${of.map(({ scenario }) => scenario).join(', ')} (${reason})`),
  ];
}

export function sayHealthy({ hours, alarms }: RuleReport['healthy']): string {
  const time = seconds(hours * 3_600_000);
  if (hours === 0) return 'never watched';
  if (alarms > 0) return `${alarms} false alarms in ${time}`;
  return `no alarm in ${time}, so at most ${(3 / hours).toFixed(1)} an hour (95 %)`;
}

function renderFinding({ message, locations }: Finding, { cwd }: ConsoleOptions): string {
  const where = locations.map((location) => place(location, cwd)).join(' and ');
  return where === '' ? oneLine(message, 300) : `${where}  ${oneLine(message, 300)}`;
}

function paint(verdict: Verdict, text: string, { color }: ConsoleOptions): string {
  return color ? styleText(colors[verdict], text, { validateStream: false }) : text;
}

function renderTotals({ rules, verdict }: AlertsReport, options: ConsoleOptions): string {
  const countOf = (of: Verdict): number => rules.filter((rule) => rule.verdict === of).length;
  const totals = `${countOf('pass')} rules passed, ${countOf('fail')} failed, ${countOf('inconclusive')} inconclusive`;
  return `${paint(verdict, words[verdict], options)}: ${totals}`;
}
