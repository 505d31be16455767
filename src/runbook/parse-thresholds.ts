/**
 * Reads the thresholds tables, which have the columns metric, normal range and alert threshold, in English or Romanian:
 *
 *     tables → threshold-columns → read-threshold-row → rows and notes
 *
 * - A row about another figure is noted and not used.
 * - A threshold that cannot be read, or that two rows state differently, is missing. It is noted at its line, and the
 *   check `oracle` fails or is inconclusive because of it.
 * - If two tables have the same metric, one is about a part of the fleet. The fullest counts.
 */
import type { NotUnderstood, ThresholdMetric, ThresholdRow } from '../history/events.ts';
import type { Table } from './parse-markdown.ts';
import { readThresholdRow, type ReadRow } from './read-threshold-row.ts';
import type { SourceText } from './source-text.ts';
import { findThresholdColumns, type ThresholdColumns } from './threshold-columns.ts';

export interface ReadThresholds {
  readonly rows: readonly ThresholdRow[];
  readonly notUnderstood: readonly NotUnderstood[];
}

/** Never throws for malformed tables. Skips tables about other things than metrics. */
export function parseThresholds(tables: readonly Table[], source: SourceText): ReadThresholds {
  const notUnderstood: NotUnderstood[] = [];
  const read: ReadTable[] = [];
  for (const table of tables) {
    const columns = findThresholdColumns(table);
    if (!columns) continue;
    if ('missing' in columns) {
      const message = `the table has no column for the ${columns.missing}, so no row of it is a threshold; head the columns Metric, Normal range and Alert threshold`;
      notUnderstood.push({ message, location: source.at(table.line) });
    } else read.push(readTable(table, columns, source));
  }
  const { used, notes } = chooseTables(read, source);
  notUnderstood.push(...used.flatMap((table) => table.notes), ...notes);
  return { rows: used.flatMap(({ rows }) => rows), notUnderstood };
}

interface ReadTable {
  readonly line: number;
  /** Those that it names, also if they cannot be read. */
  readonly metrics: readonly ThresholdMetric[];
  readonly rows: readonly ThresholdRow[];
  readonly notes: readonly NotUnderstood[];
}

function readTable(table: Table, columns: ThresholdColumns, source: SourceText): ReadTable {
  const read = table.rows
    .slice(1)
    .map((cells, index) => readThresholdRow(cells, columns, source, table.line + 2 + index));
  const metrics = [...new Set(read.flatMap(({ metric }) => metric ?? []))];
  const settled = metrics.map((metric) => settle(read.filter((row) => row.metric === metric)));
  const others = read.filter(({ metric }) => metric === undefined).flatMap(({ notes }) => notes);
  return {
    line: table.line,
    metrics,
    rows: settled.flatMap(({ row }) => row ?? []).toSorted((one, other) => one.location.line - other.location.line),
    notes: [
      ...(metrics.length === 0 ? [] : noteColumn(table, columns, source)),
      ...settled.flatMap(({ notes }) => notes),
      ...others,
    ],
  };
}

/** Rows of one table for the same metric. They must agree; only rows that can be read count. */
function settle(same: readonly ReadRow[]): Pick<ReadRow, 'row' | 'notes'> {
  const [first, ...others] = same.flatMap(({ row }) => row ?? []);
  const notes = same.flatMap((read) => read.notes);
  if (!first) return { row: undefined, notes };
  const plain = notes.map(({ message, location }) => ({ message, location }));
  const contrary = others.find((other) => limitsOf(other) !== limitsOf(first));
  if (!contrary) return { row: first, notes: plain };
  const { metric, location } = contrary;
  const message = `the metric ${metric} has other thresholds at line ${first.location.line}, so neither counts; keep one of the rows`;
  return { row: undefined, notes: [...plain, { message, location, threshold: metric }] };
}

function limitsOf({ normal, alert, warning }: ThresholdRow): string {
  return JSON.stringify([normal, alert, warning].map((range) => [range?.min, range?.max]));
}

function noteColumn(table: Table, { alert, unread }: ThresholdColumns, source: SourceText): readonly NotUnderstood[] {
  const [headings = []] = table.rows;
  const heading = unread === undefined ? undefined : headings[unread];
  if (!heading) return [];
  const message = `the column \`${heading.text}\` is not checked; Drillbook takes the alert thresholds from \`${headings[alert]?.text ?? ''}\``;
  return [{ message, location: source.at(heading.line, heading.column) }];
}

/** The tables that count: the fullest first, and each further one only if it has no metric of those before it. */
function chooseTables(
  tables: readonly ReadTable[],
  source: SourceText,
): { readonly used: readonly ReadTable[]; readonly notes: readonly NotUnderstood[] } {
  const used: ReadTable[] = [];
  const notes: NotUnderstood[] = [];
  for (const table of tables.toSorted((one, other) => other.metrics.length - one.metrics.length)) {
    const twin = used.find(({ metrics }) => metrics.some((metric) => table.metrics.includes(metric)));
    if (!twin) used.push(table);
    else {
      const names = new Intl.ListFormat('en-GB').format(table.metrics);
      const message = `the table states thresholds of ${names}, and so does the one at line ${twin.line}, which counts. Drillbook knows thresholds of the whole fleet only: keep those in one table, and limits of a group of queues in the scenario's \`health\``;
      notes.push({ message, location: source.at(table.line) });
    }
  }
  return { used: used.toSorted((one, other) => one.line - other.line), notes };
}
