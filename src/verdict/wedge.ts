import type { QueueRow, RunStarted } from '../history/events.ts';
import type { Instant } from '../record/arm-record.ts';
import { backlogOf, column, type Moment } from '../record/timeline.ts';

/** A queue from which no worker takes a job, although nothing prevents it. */
export interface Wedge {
  readonly queue: string;
  readonly service: string;
  readonly waiting: number;
  /** Sandbox ms. */
  readonly forMs: number;
  /** How long it lasted, as a multiple of the limits. Above 1 it is a wedge. */
  readonly excess: number;
}

/** A stretch is a wedge only if it is longer than both limits. */
export interface WedgeLimits {
  readonly sandboxMs: number;
  readonly realMs: number;
}

/** How long a time was, as a multiple of the limits. Above 1 it exceeds both. */
export function excessOf(from: Instant, to: Instant, { sandboxMs, realMs }: WedgeLimits): number {
  return Math.min((to.s - from.s) / sandboxMs, (to.t - from.t) / realMs);
}

interface Stretch {
  readonly since: Moment;
  readonly row: QueueRow;
}

/**
 * The longest stretch of each queue, in sandbox time, in which jobs waited and none was active, completed or failed,
 * although the queue was not paused and its service ran. Longest first. A gap in the sampling does not end a stretch if
 * the counters on both sides of it agree.
 */
export function findWedges(run: RunStarted, moments: readonly Moment[], limits: WedgeLimits): readonly Wedge[] {
  return run.queues
    .flatMap(({ name, service }) => longestOf(name, service, moments, limits) ?? [])
    .toSorted((a, b) => b.excess - a.excess);
}

function longestOf(queue: string, service: string, moments: readonly Moment[], limits: WedgeLimits): Wedge | undefined {
  let stretch: Stretch | undefined;
  let longest: Wedge | undefined;
  for (const moment of moments) {
    if (!moment.sampled) continue;
    const row = moment.rows?.get(queue);
    const stuck = row !== undefined && moment.redisUp && looksStuck(row) && runs(moment, service);
    if (!stuck || (stretch && tookSomething(stretch.row, row))) stretch = undefined;
    if (!stuck) continue;
    stretch ??= { since: moment, row };
    const excess = excessOf(stretch.since, moment, limits);
    const forMs = moment.s - stretch.since.s;
    if (excess >= (longest?.excess ?? 0)) longest = { queue, service, waiting: backlogOf(row), forMs, excess };
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
