/**
 * Watches the queues and writes what it sees to the history, at a steady pace and until it is stopped.
 *
 *   event streams ─► outcomes since the last look ─► event `outcomes`, and running totals
 *   counts of all queues, at one moment ───────────► event `sample`: the rows that changed
 *
 * - The first sample, and the first after an outage, holds every queue (`full`).
 * - While Redis does not answer, there are no samples. An event `redis` marks both ends of such a gap.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';

import type { EventBody, QueueRow } from '../history/events.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import { sampleQueues } from './sample-queues.ts';
import { createEventReader, type Outcome } from './read-queue-events.ts';

export interface QueueWatch {
  /** The newest row of each queue. */
  readonly rows: ReadonlyMap<string, QueueRow>;
  /** Takes one last sample and ends. */
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly queues: readonly string[];
  readonly everyMs: number;
  readonly emit: (event: EventBody) => void;
}

/** Starts the watch. */
export function watchQueues(options: WatchOptions): QueueWatch {
  const { redis, prefix, queues, emit } = options;
  const readOutcomes = createEventReader(redis, prefix, queues);
  const totals = new Map(queues.map((name) => [name, { completed: 0, failed: 0, stalled: 0, removed: 0 }]));
  const rows = new Map<string, QueueRow>();
  const stopped = new AbortController();
  let up: boolean | undefined;
  let full = true;

  const sample = async (): Promise<void> => {
    try {
      const [outcomes, counts] = [await readOutcomes(), await sampleQueues(redis, prefix, queues)];
      if (up !== true) emit({ type: 'redis', up: true });
      up = true;
      for (const event of groupByQueue(outcomes)) {
        const total = totals.get(event.queue);
        if (!total) continue;
        for (const kind of ['completed', 'failed', 'stalled', 'removed'] as const) total[kind] += event[kind].length;
        emit(event);
      }
      const changed: Record<string, QueueRow> = {};
      for (const [name, found] of counts) {
        const [waiting, active, delayed, failed, paused, prioritized, flag, kept] = found;
        const total = totals.get(name) ?? { completed: 0, failed: 0, stalled: 0 };
        const current = [waiting, active, delayed, failed, paused, prioritized, flag] as const;
        const next: QueueRow = [...current, total.completed, total.failed, total.stalled, kept];
        const before = rows.get(name);
        if (full || !before || next.some((value, index) => value !== before[index])) changed[name] = next;
        rows.set(name, next);
      }
      emit({ type: 'sample', full, queues: changed });
      full = false;
    } catch (error) {
      if (up !== false) emit({ type: 'redis', up: false, message: reasonOf(error) });
      up = false;
      full = true;
    }
  };

  const loop = (async () => {
    while (!stopped.signal.aborted) {
      await sample();
      await delay(options.everyMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
    await sample();
  })();

  return {
    rows,
    async stop() {
      stopped.abort();
      await loop;
    },
  };
}

type OutcomesEvent = Extract<EventBody, { type: 'outcomes' }>;

function groupByQueue(outcomes: readonly Outcome[]): readonly OutcomesEvent[] {
  const byQueue = new Map<string, Record<Outcome['kind'], string[]>>();
  for (const { queue, kind, id } of outcomes) {
    const group = byQueue.get(queue) ?? { completed: [], failed: [], stalled: [], removed: [] };
    group[kind].push(id);
    byQueue.set(queue, group);
  }
  return [...byQueue].map(([queue, group]) => ({ type: 'outcomes', queue, ...group }));
}
