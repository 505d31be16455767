import type { EventBody } from '../../history/events.ts';

/** How many jobs meet each fate, besides those that complete once. */
export interface JobFates {
  readonly lost?: number;
  readonly removed?: number;
  readonly duplicated?: number;
  readonly resurrected?: number;
  readonly failed?: number;
  readonly withoutEffect?: number;
  readonly stalled?: number;
  /** Completed only after the fault is healed. */
  readonly queued?: number;
  readonly retrying?: number;
  /** Jobs that the load did not enqueue. */
  readonly added?: number;
}

/** Jobs that complete once. */
const fine = 20;

/** Records jobs that complete, and as many of each other fate as asked for. */
export function account(say: (body: EventBody) => void, wanted: JobFates): void {
  const { lost = 0, removed = 0, duplicated = 0, resurrected = 0, failed = 0, withoutEffect = 0, stalled = 0 } = wanted;
  const { queued = 0, retrying = 0, added = 0 } = wanted;
  const ids = (what: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${what}-${index}`);
  const [good, gone, taken, twice] = [
    ids('good', fine),
    ids('lost', lost),
    ids('removed', removed),
    ids('twice', duplicated),
  ];
  const [risen, given, mute] = [ids('risen', resurrected), ids('failed', failed), ids('mute', withoutEffect)];
  const [late, again, strange] = [ids('late', queued), ids('again', retrying), ids('strange', added)];
  say({
    type: 'enqueued',
    queue: 'mail',
    ids: [...good, ...gone, ...taken, ...twice, ...risen, ...given, ...mute, ...late, ...again],
  });
  const completed = [...good, ...twice, ...risen, ...mute, ...strange];
  const left = [...twice, ...good].slice(0, stalled);
  say({ type: 'outcomes', queue: 'mail', completed, failed: given, stalled: left, removed: taken });
  say({ type: 'residue', complete: true, jobs: { mail: { waiting: [...risen, ...late], retrying: again } } });
  say({
    type: 'effects',
    complete: true,
    once: [...good, ...risen, ...strange],
    more: twice.map((id) => [id, 2] as const),
  });
  // Healing releases what was held back. The accounts are closed by then.
  say({ type: 'outcomes', queue: 'mail', completed: late, failed: [], stalled: [], removed: [] });
}
