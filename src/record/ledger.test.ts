import { describe, expect, test } from 'vitest';

import type { HistoryEvent } from '../history/events.ts';
import { JobIds } from '../history/job-ids.ts';
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

describe('a job that this arm did not enqueue', () => {
  const stamp = { t: 0, s: 0, seq: 0 };
  const added = (events: readonly HistoryEvent[]): number => {
    const ledger = new Ledger();
    for (const event of events) ledger.push(event);
    return ledger.balance().added;
  };
  const begun: HistoryEvent = {
    ...stamp,
    type: 'procedure.started',
    address: 'x',
    purpose: 'recovery',
    location: { file: 'r.md', line: 1, column: 1 },
    args: [],
  };
  const done = (id: string): HistoryEvent => ({
    ...stamp,
    type: 'outcomes',
    queue: 'mail',
    completed: [id],
    failed: [],
    stalled: [],
    removed: [],
  });
  const refused: HistoryEvent = { ...stamp, type: 'unacknowledged', queue: 'mail', ids: ['a'] };

  test('was added by a procedure', () => {
    expect(added([begun, done('a')])).toBe(1);
  });

  test('was not added by a procedure if its id was given before this arm, whichever is recorded first', () => {
    const ids = new JobIds({ seed: 1, part: '1' });
    const late = ids.next();
    const given: HistoryEvent = { ...stamp, type: 'job-ids', seed: 1, part: '1', given: ids.given };
    const next = ids.next();
    expect(added([given, begun, done(late), done('b')])).toBe(1);
    expect(added([done(late), given, begun, done('b')])).toBe(1);
    expect(added([given, begun, done(next)])).toBe(1);
  });

  test('was not added by a procedure if Redis only did not acknowledge it, whichever is recorded first', () => {
    expect(added([begun, refused, done('a'), done('b')])).toBe(1);
    expect(added([begun, done('a'), refused, done('b')])).toBe(1);
  });

  test('does not hide added jobs if Redis did not acknowledge it and it was done before the first procedure', () => {
    expect(added([done('a'), refused, begun, done('b')])).toBe(1);
  });

  test('is neither enqueued nor lost if Redis did not acknowledge it', () => {
    const ledger = new Ledger();
    for (const event of [refused, done('a')]) ledger.push(event);
    expect(ledger.balance()).toMatchObject({ enqueued: 0, completed: 0, lost: 0, added: 0 });
  });
});
