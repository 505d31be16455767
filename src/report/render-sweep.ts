import { styleText } from 'node:util';

import { prometheusDuration } from '../alerts/apply-setting.ts';
import { detectionOf, isOnFront, resetOf } from '../alerts/pareto.ts';
import { sayNearMiss, saySetting } from '../alerts/say-sweep.ts';
import { seconds } from '../alerts/say-time.ts';
import type { SettingResult, SweepReport, SweptPair } from '../alerts/sweep-report.ts';
import { oneLine, withoutCommands } from '../kernel/plain-text.ts';
import type { Verdict } from '../kernel/verdict.ts';
import { count } from '../kernel/words.ts';
import { place } from './explain.ts';
import type { ConsoleOptions } from './render-console.ts';

const words: Readonly<Record<Verdict, string>> = { pass: 'pass', fail: 'FAIL', inconclusive: 'inconclusive' };
const colors = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;

/** The text of `alerts sweep`: a map of all settings, the ones worth a look, near misses, and what to do. */
export function renderSweep(report: SweepReport, options: ConsoleOptions): string {
  const { rule, operator, verdict, promtool, confirmed, runs, nearMisses } = report;
  const word = words[verdict];
  const lines = [
    `${oneLine(rule.name)}  ${place(rule.location, options.cwd)}`,
    `  ${oneLine(rule.expr, 160)}${rule.for === undefined ? '' : `  for ${rule.for}`}`,
    '',
    ...(report.chosen ? [...renderMap(report), '', ...renderTable(report), ''] : []),
    ...renderFaults(report),
    ...nearMisses.map((miss) => `near miss    ${oneLine(rule.name)} ${sayNearMiss(operator, miss)}`),
    `promtool     ${promtool}, which confirmed ${count(confirmed, 'timeline')}`,
    `recorded in  ${runs.map((run) => oneLine(run)).join(', ')}`,
    '',
    `${options.color ? styleText(colors[verdict], word, { validateStream: false }) : word}: ${oneLine(report.advice, 2000)}`,
  ];
  return withoutCommands(`${lines.join('\n')}\n`);
}

/** One row per threshold, one column per `for`. */
function renderMap({ operator, thresholds, waitsMs, pairs, present, chosen }: SweepReport): readonly string[] {
  const rows = thresholds.map((threshold) => [
    `${operator} ${threshold}`,
    ...waitsMs.map((forMs) => {
      const pair = pairs.find((one) => one.threshold === threshold && one.forMs === forMs);
      if (!pair) return '';
      const mark = pair === chosen ? '*' : pair === present ? '!' : '';
      return `${cellOf(pair)}${mark}`;
    }),
  ]);
  return [
    ...columns([['for', ...waitsMs.map((forMs) => prometheusDuration(forMs))], ...rows]),
    'missed faults, +false alarms, ?unknown faults; * the setting to take, ! the present one',
  ];
}

function cellOf({ missed, unknown, falseAlarms }: SettingResult): string {
  const alarms = falseAlarms === 0 ? '' : `+${falseAlarms}`;
  return `${missed.length}${alarms}${unknown.length === 0 ? '' : `?${unknown.length}`}`;
}

function renderTable({ operator, pairs, present, chosen }: SweepReport): readonly string[] {
  const head = ['setting', 'caught', 'missed', 'unknown', 'detection', 'reset', 'false alarms', ''];
  const row = (pair: SweptPair, remark: string): readonly string[] => [
    saySetting(operator, pair),
    String(pair.caught.length),
    String(pair.missed.length),
    String(pair.unknown.length),
    pair.caught.length === 0 ? '-' : seconds(detectionOf(pair)),
    sayReset(pair),
    pair.perhapsLoud.length === 0
      ? String(pair.falseAlarms)
      : `${pair.falseAlarms}, perhaps ${pair.perhapsLoud.length}`,
    remark,
  ];
  const front = pairs.filter((pair) => isOnFront(pair) && pair !== present && pair !== chosen);
  const alike = [...Map.groupBy(front, (pair) => row(pair, '').slice(1).join(' ')).values()];
  const open = pairs.filter((pair) => pair.dominatedBy === undefined && !isOnFront(pair)).length;
  const worse = present.dominatedBy ? `, worse than ${saySetting(operator, present.dominatedBy)}` : '';
  const rows = [
    head,
    ...(chosen && chosen !== present ? [row(chosen, 'take it')] : []),
    row(present, chosen === present ? 'present, keep it' : `present${worse}`),
    ...alike.flatMap(([first, ...more]) => {
      const others = more.length === 0 ? '' : `, and ${more.length} more like it`;
      return first ? [row(first, `on the front${others}`)] : [];
    }),
  ];
  const rest = `and ${count(open, 'setting')} of which nothing is sure, because a fault is unknown`;
  return [...columns(rows), ...(open === 0 ? [] : [rest])];
}

function sayReset(pair: SweptPair): string {
  const ms = resetOf(pair);
  if (ms === Infinity) return 'not seen';
  return pair.caught.some(({ resetMs }) => resetMs !== undefined) ? seconds(ms) : '-';
}

function renderFaults(report: SweepReport): readonly string[] {
  const { operator, swept, keptOut, uncaught, undecided, present, chosen, onKeptOut, healthy } = report;
  const list = (title: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [`${title.padEnd(12)} ${names.join(', ')}`];
  const reasons = (title: string, result: SettingResult): readonly string[] => [
    ...result.missed.map(({ scenario, reason }) => `${title.padEnd(12)} misses ${scenario}: ${oneLine(reason)}`),
    ...result.unknown.map(({ scenario, reason }) => `${title.padEnd(12)} ${scenario} is unknown: ${oneLine(reason)}`),
  ];
  const time = seconds(healthy.hours * 3_600_000);
  const peak = healthy.peak === undefined ? '' : `, in which the value came to ${healthy.peak} at most`;
  const least = operator.startsWith('<') ? peak.replace('at most', 'at least') : peak;
  return [
    ...list('chosen by', swept),
    ...(chosen ? reasons('', chosen) : []),
    ...(chosen && chosen !== present ? reasons('present', { ...present, missed: [] }) : []),
    ...list('kept out', keptOut),
    ...(onKeptOut ? reasons('', onKeptOut.chosen) : []),
    ...list(
      'no setting',
      uncaught.map((name) => `catches ${name}`),
    ),
    ...undecided.map(({ scenario, reason }) => `unknown      ${scenario}: ${oneLine(reason)}`),
    `healthy      ${healthy.hours === 0 ? 'never watched' : `${time}${least}`}`,
  ];
}

/** Cells in columns of equal width. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
