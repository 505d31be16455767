import { describe, expect, test } from 'vitest';

import type { HistoryEvent } from '../history/events.ts';
import { Ledger } from './ledger.ts';

describe('jobs that a procedure removes without an event of BullMQ', () => {
  const stamp = { t: 0, s: 0, seq: 0 };
  const gone = (after: readonly string[], complete = true, meanwhile: readonly string[] = []): Ledger => {
    const ledger = new Ledger();
    const events: readonly HistoryEvent[] = [
      { ...stamp, type: 'enqueued', queue: 'mail', ids: ['a', 'b', 'c'] },
      { ...stamp, type: 'held', moment: 'before', complete, jobs: { mail: ['a', 'b'] } },
      ...meanwhile.map((queue) => ({ ...stamp, type: 'enqueued' as const, queue, ids: [`late in ${queue}`] })),
      { ...stamp, type: 'held', moment: 'after', complete: true, jobs: { mail: after } },
      { ...stamp, type: 'residue', complete: true, jobs: {} },
      { ...stamp, type: 'effects', complete: true, once: ['b'], more: [] },
    ];
    for (const event of events) ledger.push(event);
    return ledger;
  };

  test('are those that the queue held before and not after, unless they were done', () => {
    expect(gone([]).balance()).toMatchObject({ removed: 1, completed: 1, lost: 1, whole: true });
    expect(gone([]).examples('removed', 9)).toEqual([{ id: 'a', queue: 'mail' }]);
  });

  test('include those that the queue got while the procedure ran, but not those of another queue', () => {
    const ledger = gone([], true, ['mail', 'letters']);
    expect(ledger.balance()).toMatchObject({ removed: 2, lost: 2 });
    expect(ledger.examples('removed', 9)).toContainEqual({ id: 'late in mail', queue: 'mail' });
    expect(gone(['late in mail'], true, ['mail']).balance()).toMatchObject({ removed: 1, lost: 2 });
  });

  test('do not include those that vanish later: they are lost', () => {
    expect(gone(['a', 'b']).balance()).toMatchObject({ removed: 0, completed: 1, lost: 2 });
  });

  test('are not known when the queues could not be read', () => {
    expect(gone([], false).gaps).toEqual(['what the procedure removed is not known (no reason given)']);
  });
});
