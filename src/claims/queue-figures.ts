import type { QueueRow, QueueState } from '../history/events.ts';
import { column, type Moment } from '../record/timeline.ts';

/** Whether the moment has figures for each of these queues. */
export function knowsQueues(moment: Moment, queues: readonly string[]): boolean {
  const { redisUp, rows } = moment;
  return redisUp && rows !== undefined && queues.every((name) => rows.has(name));
}

/** A sample that Redis answered. */
export function isKnown(moment: Moment): boolean {
  return moment.sampled && moment.redisUp && moment.rows !== undefined;
}

/** The rows of these queues; of every queue if none is named. */
export function rowsOf(moment: Moment, queues: readonly string[]): readonly QueueRow[] {
  if (queues.length === 0) return moment.rows?.values() ?? [];
  return queues.map((name) => moment.rows?.get(name)).filter((row) => row !== undefined);
}

/** The sum of one figure over these queues. */
export function total(moment: Moment, queues: readonly string[], figure: (row: QueueRow) => number): number {
  return rowsOf(moment, queues).reduce((sum, row) => sum + figure(row), 0);
}

/** Completions of these queues since the arm began. */
export function completed(moment: Moment, queues: readonly string[]): number {
  return total(moment, queues, (row) => row[column.completed]);
}

/** Jobs in any of these states. */
export function sumStates(row: QueueRow, states: readonly QueueState[]): number {
  return states.reduce((sum, state) => sum + row[column[state]], 0);
}

/** How many jobs of these queues were in these states together. Undefined if one of the queues was not sampled. */
export function countJobs(
  moment: Moment,
  queues: readonly string[],
  states: readonly QueueState[],
): number | undefined {
  const { rows } = moment;
  if (!rows || queues.some((name) => !rows.has(name))) return undefined;
  return total(moment, queues, (row) => sumStates(row, states));
}
