import { bool, event, integer, isFigure, kind, list, map, number, oneOf, strings, text } from '../shape.ts';
import type { GivenJobIds } from '../job-ids.ts';
import { queueStates, type QueueState } from './queues.ts';

/**
 * The ids that Drillbook had given in this sandbox when the load of this arm began. A worker can still report a job of
 * the arm before, which may stand in another history.
 */
export interface JobIdsGiven extends GivenJobIds {
  readonly type: 'job-ids';
}

/** Jobs that Redis acknowledged. Ids are unique over the run. */
export interface Enqueued {
  readonly type: 'enqueued';
  readonly queue: string;
  readonly ids: readonly string[];
  /** Of jobs on top of the load. BullMQ's priority: 1 is the most urgent. */
  readonly priority?: number;
  /** The fault brought them. */
  readonly ofFault?: boolean;
  /** When jobs that were added with a delay are due; sandbox ms since 1970. */
  readonly dueAt?: number;
}

/**
 * Jobs that Redis refused, or whose acknowledgement never came. Redis may have them all the same. No contract covers
 * them, and no procedure added them.
 */
export interface Unacknowledged {
  readonly type: 'unacknowledged';
  readonly queue: string;
  readonly ids: readonly string[];
}

/** What the queues' own event streams reported about jobs. */
export interface Outcomes {
  readonly type: 'outcomes';
  readonly queue: string;
  readonly completed: readonly string[];
  readonly failed: readonly string[];
  readonly stalled: readonly string[];
  readonly removed: readonly string[];
}

/**
 * The jobs that some queues held right before a procedure that may remove jobs, and right after it. BullMQ does not
 * report every job that it drains. So a job that waited before and is gone after was removed by the procedure.
 */
export interface Held {
  readonly type: 'held';
  readonly moment: 'before' | 'after';
  readonly complete: boolean;
  /** By queue, without the jobs that a worker is processing. */
  readonly jobs: Readonly<Record<string, readonly string[]>>;
  readonly message?: string;
}

/** Where every job that is still in Redis stands during the phase `account`. */
export interface Residue {
  readonly type: 'residue';
  /** False if the scan could not finish. */
  readonly complete: boolean;
  /** By queue and state. `retrying`: delayed jobs that were tried and wait for their next try. */
  readonly jobs: Readonly<
    Record<string, Readonly<Partial<Record<QueueState | 'retrying' | 'completed', readonly string[]>>>>
  >;
  readonly message?: string;
}

/** How often each job's effect arrived at the sink, outside Redis. */
export interface Effects {
  readonly type: 'effects';
  readonly complete: boolean;
  /** Jobs with one effect, in the order in which the effects arrived. */
  readonly once: readonly string[];
  readonly more: readonly (readonly [id: string, times: number])[];
  /** Jobs that were done with another name, payload or option than they were added with. */
  readonly altered?: readonly string[];
  /** Jobs of which an external API accepted more than one call. Absent if the sink does not say. */
  readonly acceptedAgain?: readonly string[];
  readonly message?: string;
}

export const jobIds = event<JobIdsGiven>({ seed: number, part: text, given: integer });
export const enqueued = event<Enqueued>(
  { queue: text, ids: strings },
  { priority: number, ofFault: bool, dueAt: number },
);
export const unacknowledged = event<Unacknowledged>({ queue: text, ids: strings });
export const outcomes = event<Outcomes>({
  queue: text,
  completed: strings,
  failed: strings,
  stalled: strings,
  removed: strings,
});
export const held = event<Held>(
  { moment: oneOf('before', 'after'), complete: bool, jobs: map(strings) },
  { message: text },
);
export const residue = event<Residue>(
  { complete: bool, jobs: map(map(strings, oneOf(...queueStates, 'retrying', 'completed'))) },
  { message: text },
);
const repeated = kind<readonly [id: string, times: number]>(
  'a job and how often it was done',
  (value) => Array.isArray(value) && typeof value[0] === 'string' && isFigure(value[1]),
);
export const effects = event<Effects>(
  { complete: bool, once: strings, more: list(repeated) },
  { altered: strings, acceptedAgain: strings, message: text },
);
