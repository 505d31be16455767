import { expect, test } from 'vitest';

import type { HistoryEvent } from '../history/events.ts';
import { Ledger } from './ledger.ts';

/** A history in which every job is enqueued, completed and has its effect. */
function historyOf(jobs: number): readonly HistoryEvent[] {
  const stamp = { t: 0, s: 0 };
  const batch = 100;
  const events: HistoryEvent[] = [];
  const all: string[] = [];
  for (let from = 0; from < jobs; from += batch) {
    const ids = Array.from({ length: batch }, (_, index) => `job-${from + index}`);
    all.push(...ids);
    events.push({ ...stamp, seq: events.length, type: 'enqueued', queue: 'q', ids });
    events.push({
      ...stamp,
      seq: events.length,
      type: 'outcomes',
      queue: 'q',
      completed: ids,
      failed: [],
      stalled: [],
      removed: [],
    });
  }
  events.push({ ...stamp, seq: events.length, type: 'residue', complete: true, jobs: {} });
  events.push({ ...stamp, seq: events.length, type: 'effects', complete: true, once: all, more: [] });
  return events;
}

function balance(events: readonly HistoryEvent[]): void {
  const ledger = new Ledger();
  for (const event of events) ledger.push(event);
  if (ledger.balance().lost !== 0) throw new Error('no job was lost');
}

test('the ledger takes time in proportion to the number of jobs', async ({ bench }) => {
  const [small, large] = [historyOf(100_000), historyOf(1_000_000)];
  const results = await bench.compare(
    bench('100,000 jobs', () => balance(small)),
    bench('1,000,000 jobs', () => balance(large)),
    { iterations: 3, time: 0, warmup: false },
  );
  expect(results).toBeDefined();
});
