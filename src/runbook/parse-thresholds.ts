import type { Range, ThresholdMetric, ThresholdRow } from '../history/events.ts';
import { InputError } from '../kernel/errors.ts';
import { foldText } from './canonical-label.ts';
import { parseRange, RangeError } from './parse-range.ts';
import type { Cell, Table } from './parse-markdown.ts';
import type { SourceText } from './source-text.ts';

const columns = {
  metric: /^(?:key )?(?:metrics?|metrica|metrici|indicator(?:i)?)$/,
  normal: /^(?:normal(?: range| values?)?|healthy(?: range)?|(?:interval|domeniu|valori|valoare) normal[aei]?)$/,
  alert: /^(?:alert(?: threshold| range)?|alerta|(?:alarm )?threshold|prag(?: de)?(?: alerta| alarma)?)$/,
} as const;

const metrics: readonly (readonly [ThresholdMetric, RegExp])[] = [
  ['rate', /\b(?:rate|throughput|rata|ritm|viteza)\b/],
  ['waiting', /\b(?:waiting|wait|asteptare|backlog)\b/],
  ['active', /\b(?:active?|activ)\b/],
  ['failed', /\b(?:failed|failures?|esuate?|esecuri)\b/],
  ['delayed', /\b(?:delayed|intarziate?|amanate?)\b/],
];

/**
 * Reads the thresholds table, which has the headings metric, normal range and alert threshold, in English or Romanian.
 * Skips other tables.
 * @throws InputError for a malformed cell, a metric that occurs twice, and ranges that contradict each other
 */
export function parseThresholds(tables: readonly Table[], source: SourceText): readonly ThresholdRow[] {
  const rows: ThresholdRow[] = [];
  for (const table of tables) {
    const layout = layoutOf(table);
    if (!layout) continue;
    for (const [index, cells] of table.rows.slice(1).entries()) {
      const row = readRow(cells, layout, source, table.line + 2 + index);
      const twin = rows.find(({ metric }) => metric === row.metric);
      if (twin)
        throw thresholdError(
          `the metric ${row.metric} already has thresholds at line ${twin.location.line}`,
          row.location,
          'keep one of the rows',
        );
      rows.push(row);
    }
  }
  return rows;
}

type Layout = Readonly<Record<keyof typeof columns, number>>;

function layoutOf(table: Table): Layout | undefined {
  const headings = (table.rows[0] ?? []).map(({ text }) => foldText(text));
  const find = (pattern: RegExp): number => headings.findIndex((heading) => pattern.test(heading));
  const layout = { metric: find(columns.metric), normal: find(columns.normal), alert: find(columns.alert) };
  return Object.values(layout).includes(-1) ? undefined : layout;
}

function readRow(cells: readonly Cell[], layout: Layout, source: SourceText, line: number): ThresholdRow {
  const metricCell = cells[layout.metric];
  const location = source.at(metricCell?.line ?? line, metricCell?.column ?? 1);
  const metric = metrics.find(([, words]) => words.test(foldText(metricCell?.text ?? '')))?.[0];
  if (metric === undefined) {
    throw thresholdError(
      `the metric \`${metricCell?.text ?? ''}\` is not known`,
      location,
      'expected waiting, active, failed or delayed jobs, or processing rate; move other metrics to another table',
    );
  }
  const read = (column: 'normal' | 'alert'): Range => readCell(cells[layout[column]], metric, column, location, source);
  const row = { metric, normal: read('normal'), alert: read('alert'), location };
  if (overlap(row.normal, row.alert)) {
    throw thresholdError(
      `normal range \`${row.normal.text}\` and alert threshold \`${row.alert.text}\` of ${metric} overlap`,
      location,
      'a value must not be both',
    );
  }
  return row;
}

function readCell(
  cell: Cell | undefined,
  metric: ThresholdMetric,
  column: 'normal' | 'alert',
  row: ThresholdRow['location'],
  source: SourceText,
): Range {
  const name = column === 'normal' ? 'normal range' : 'alert threshold';
  if (!cell || cell.text === '')
    throw thresholdError(
      `the ${name} of ${metric} is missing`,
      cell ? source.at(cell.line, cell.column) : row,
      'fill the cell',
    );
  try {
    return parseRange(cell.text, metric);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw thresholdError(
      `the ${name} of ${metric} cannot be read: \`${cell.text}\``,
      source.at(cell.line, cell.column),
      error.message,
    );
  }
}

function thresholdError(message: string, location: ThresholdRow['location'], next: string): InputError {
  return new InputError(message, { code: 'RUNBOOK_THRESHOLD', next, location });
}

function overlap(one: Range, other: Range): boolean {
  return !endsBefore(one, other) && !endsBefore(other, one);
}

function endsBefore({ max }: Range, { min }: Range): boolean {
  if (!max || !min) return false;
  return max.value < min.value || (max.value === min.value && !(max.inclusive && min.inclusive));
}
