import type { LimitName } from '../history/job-limits.ts';

/** What the history says about one job, as bits of one number: a run may have millions of jobs. */
export const mark = {
  enqueued: 1,
  completed: 2,
  /** Its effect arrived once at the sink. */
  effect: 4,
  /** Its effect arrived more than once. */
  effects: 8,
  failed: 16,
  removed: 32,
  queued: 64,
  failedInQueue: 128,
  stalled: 256,
  /** Redis acknowledged it while the fault was being injected. */
  atRisk: 512,
  /** Neither this arm nor an earlier one in the sandbox gave its id. */
  foreign: 1024,
  /** It was seen before the first procedure began. */
  early: 2048,
  ofFault: 4096,
  moved: 8192,
  retrying: 16_384,
  promoted: 32_768,
  altered: 65_536,
  acceptedAgain: 131_072,
} as const;

export type Fate = 'completed' | 'duplicated' | 'failed' | 'queued' | 'removed' | 'lost';

/**
 * What happened to a job: exactly one fate, in this order of proof.
 *
 * 1. Its effect arrived at the sink twice or more: `duplicated`.
 * 2. BullMQ reported it completed, or keeps it among the completed, or its effect arrived: `completed`.
 * 3. It is in a queue: `failed` if among the failed, else `queued`.
 * 4. BullMQ reported it removed, or a procedure removed it (see the event `held`): `removed`.
 * 5. BullMQ reported that it failed for good, and retention has dropped it since: `failed`.
 * 6. Otherwise: `lost`.
 */
export function fateOf(marks: number): Fate {
  if (has(marks, mark.effects)) return 'duplicated';
  if (has(marks, mark.completed) || has(marks, mark.effect)) return 'completed';
  if (has(marks, mark.queued)) return 'queued';
  if (has(marks, mark.failedInQueue)) return 'failed';
  if (has(marks, mark.removed)) return 'removed';
  return has(marks, mark.failed) ? 'failed' : 'lost';
}

/** Whether a job belongs to a group, by its marks and its fate. */
type Predicate = (marks: number, fate: Fate) => boolean;

/** The jobs that each limit counts, among those that were enqueued; for `added`, among all others. */
export const limited: Readonly<Record<LimitName, Predicate>> = {
  lost: (_, fate) => fate === 'lost',
  removed: (_, fate) => fate === 'removed',
  failed: (_, fate) => fate === 'failed',
  queued: (_, fate) => fate === 'queued',
  retrying: (marks, fate) => fate === 'queued' && has(marks, mark.retrying),
  added: (marks) => has(marks, mark.foreign),
  stalled: (marks) => has(marks, mark.stalled),
  moved: (marks) => has(marks, mark.moved),
  promoted: (marks) => has(marks, mark.promoted),
  altered: (marks) => has(marks, mark.altered),
  acceptedAgain: (marks) => has(marks, mark.acceptedAgain),
  duplicated: (_, fate) => fate === 'duplicated',
  resurrected: (marks) => has(marks, mark.completed) && has(marks, mark.queued),
  withoutEffect: (marks) => has(marks, mark.completed) && !has(marks, mark.effect) && !has(marks, mark.effects),
};

/** Parts of the groups above that the check `ledger` looks at by themselves. */
const parts = {
  /** Lost, although Redis did not acknowledge it while the fault was being injected. */
  'lost-synced': (marks, fate) => fate === 'lost' && !has(marks, mark.atRisk),
  /** Removed, although the fault did not bring it. */
  'removed-not-of-fault': (marks, fate) => fate === 'removed' && !has(marks, mark.ofFault),
  /** Queued, and BullMQ will not try it again by itself. */
  'queued-otherwise': (marks, fate) => fate === 'queued' && !has(marks, mark.retrying),
  /** Done more than once, although it never stalled. */
  'duplicated-not-stalled': (marks, fate) => fate === 'duplicated' && !has(marks, mark.stalled),
} as const satisfies Readonly<Record<string, Predicate>>;

/** Jobs that one can ask the ledger for. */
export type JobGroup = LimitName | keyof typeof parts;

const groups: Readonly<Record<JobGroup, Predicate>> = { ...limited, ...parts };

export function isInGroup(group: JobGroup, marks: number): boolean {
  return has(marks, mark.enqueued) === (group !== 'added') && groups[group](marks, fateOf(marks));
}

export function has(marks: number, bit: number): boolean {
  return (marks & bit) !== 0;
}
