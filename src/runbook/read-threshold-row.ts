import type { NotUnderstood, Range, ThresholdMetric, ThresholdRow } from '../history/events.ts';
import type { Location } from '../kernel/errors.ts';
import { nameMetric } from './name-metric.ts';
import type { Cell } from './parse-markdown.ts';
import { parseRange, RangeError, splitTime } from './parse-range.ts';
import type { SourceText } from './source-text.ts';
import type { ThresholdColumns } from './threshold-columns.ts';

/** A row of a thresholds table. Without `metric` it is about another figure; without `row` it states no threshold. */
export interface ReadRow {
  readonly metric: ThresholdMetric | undefined;
  readonly row: ThresholdRow | undefined;
  readonly notes: readonly NotUnderstood[];
}

/** A cell that is missing or that cannot be read. */
class CellError extends Error {
  readonly note: NotUnderstood;

  constructor(message: string, location: Location) {
    super(message);
    this.note = { message, location };
  }
}

/** Reads a row. It never throws for malformed cells. */
export function readThresholdRow(
  cells: readonly Cell[],
  columns: ThresholdColumns,
  source: SourceText,
  line: number,
): ReadRow {
  const name = cells[columns.metric];
  const location = source.at(name?.line ?? line, name?.column ?? 1);
  const metric = nameMetric(name?.text ?? '');
  if (metric === undefined) {
    const message = `the row \`${name?.text ?? ''}\` is none of the thresholds that Drillbook checks: waiting, active, failed and delayed jobs of the fleet, and its processing rate`;
    return { metric, row: undefined, notes: [{ message, location }] };
  }
  try {
    return { metric, ...readRanges(cells, columns, metric, location, source) };
  } catch (error) {
    if (!(error instanceof CellError)) throw error;
    return { metric, row: undefined, notes: [{ ...error.note, threshold: metric }] };
  }
}

function readRanges(
  cells: readonly Cell[],
  columns: ThresholdColumns,
  metric: ThresholdMetric,
  location: Location,
  source: SourceText,
): Pick<ReadRow, 'row' | 'notes'> {
  const notes: NotUnderstood[] = [];
  const read = (column: number, what: string, timed: boolean): Range => {
    const cell = cells[column];
    const at = cell ? source.at(cell.line, cell.column) : location;
    const { range, time } = timed ? splitTime(cell?.text ?? '') : { range: cell?.text ?? '', time: undefined };
    const parsed = readCell(range, `${what} of ${metric}`, metric, at);
    if (time === undefined) return parsed;
    const message = `the ${what} of ${metric} says \`${time}\`: Drillbook checks the number and not the time`;
    notes.push({ message, location: at });
    return { ...parsed, text: `${parsed.text} ${time}` };
  };
  const normal = read(columns.normal, 'normal range', false);
  const alert = read(columns.alert, 'alert threshold', true);
  refuseOverlap(normal, alert, 'alert threshold', metric, location);
  if (columns.warning === undefined) return { row: { metric, normal, alert, location }, notes };
  try {
    const warning = read(columns.warning, 'warning', true);
    refuseOverlap(normal, warning, 'warning', metric, location);
    return { row: { metric, normal, alert, warning, location }, notes };
  } catch (error) {
    if (!(error instanceof CellError)) throw error;
    return { row: { metric, normal, alert, location }, notes: [...notes, error.note] };
  }
}

function refuseOverlap(normal: Range, other: Range, what: string, metric: ThresholdMetric, location: Location): void {
  if (endsBefore(normal, other) || endsBefore(other, normal)) return;
  const both = `normal range \`${normal.text}\` and ${what} \`${other.text}\` of ${metric} overlap`;
  throw new CellError(`${both}; a value must not be both`, location);
}

function readCell(text: string, what: string, metric: ThresholdMetric, location: Location): Range {
  if (text === '') throw new CellError(`the ${what} is missing; fill the cell`, location);
  try {
    return parseRange(text, metric);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
    throw new CellError(`the ${what} cannot be read: \`${shown}\`; ${error.message}`, location);
  }
}

function endsBefore({ max }: Range, { min }: Range): boolean {
  if (!max || !min) return false;
  return max.value < min.value || (max.value === min.value && !(max.inclusive && min.inclusive));
}
