import { bool, event, isFigure, kind, map } from '../shape.ts';

export const queueStates = ['waiting', 'active', 'delayed', 'failed', 'paused', 'prioritized'] as const;
export type QueueState = (typeof queueStates)[number];

/** Queue counts at one moment. */
export interface Sample {
  readonly type: 'sample';
  /** All queues are listed; otherwise those whose row changed since the arm's last sample. An arm's first is full. */
  readonly full: boolean;
  readonly queues: Readonly<Record<string, QueueRow>>;
}

/**
 * The pause flag is 0 or 1. Completions, final failures and stalls count since the arm began. `kept`: the completed
 * jobs that the queue still holds; absent in old histories.
 */
export type QueueRow = readonly [
  waiting: number,
  active: number,
  delayed: number,
  failed: number,
  paused: number,
  prioritized: number,
  flag: number,
  completed: number,
  failures: number,
  stalls: number,
  kept?: number,
];

const row = kind<QueueRow>(
  'a row of at least 10 numbers',
  (value) => Array.isArray(value) && value.length >= 10 && value.every((figure) => isFigure(figure)),
);

export const sample = event<Sample>({ full: bool, queues: map(row) });
