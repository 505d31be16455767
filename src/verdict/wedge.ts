import type { QueueRow, RunStarted } from '../history/events.ts';
import { backlogOf, column, type Moment } from '../record/timeline.ts';

/** A queue of which no job is taken although nothing prevents it. */
export interface Wedge {
  readonly queue: string;
  readonly service: string;
  readonly waiting: number;
  readonly forMs: number;
}

interface Stretch {
  readonly sinceS: number;
  readonly row: QueueRow;
}

/**
 * The longest stretch of each queue, in sandbox time, in which jobs waited and none was active, completed or failed,
 * although the queue was not paused and its service ran. Longest first. A gap in the sampling does not end a stretch if
 * the counters on both sides of it agree.
 */
export function findWedges(run: RunStarted, moments: readonly Moment[]): readonly Wedge[] {
  return run.queues
    .flatMap(({ name, service }) => longestOf(name, service, moments) ?? [])
    .toSorted((a, b) => b.forMs - a.forMs);
}

function longestOf(queue: string, service: string, moments: readonly Moment[]): Wedge | undefined {
  let stretch: Stretch | undefined;
  let longest: Wedge | undefined;
  for (const moment of moments) {
    if (!moment.sampled) continue;
    const row = moment.rows?.get(queue);
    const stuck = row !== undefined && moment.redisUp && looksStuck(row) && runs(moment, service);
    if (!stuck || (stretch && tookSomething(stretch.row, row))) stretch = undefined;
    if (!stuck) continue;
    stretch ??= { sinceS: moment.s, row };
    const forMs = moment.s - stretch.sinceS;
    if (forMs >= (longest?.forMs ?? 0)) longest = { queue, service, waiting: backlogOf(row), forMs };
  }
  return longest;
}

function looksStuck(row: QueueRow): boolean {
  return backlogOf(row) > 0 && row[column.active] === 0 && row[column.flag] === 0;
}

function tookSomething(before: QueueRow, now: QueueRow): boolean {
  return now[column.completed] !== before[column.completed] || now[column.failures] !== before[column.failures];
}

function runs(moment: Moment, service: string): boolean {
  const ours = moment.containers.filter((container) => container.service === service);
  return ours.length > 0 && ours.every(({ state }) => state.toLowerCase() === 'running');
}
