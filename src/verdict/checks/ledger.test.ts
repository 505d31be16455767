import { expect, test } from 'vitest';

import type { HistoryEvent, ScenarioPlan } from '../../history/events.ts';
import { checkOf, judgeEvents, unmetBy } from '../testing/judge-recording.ts';
import { recordRun, type Recording } from '../testing/record-run.ts';

test('fails when jobs are removed, fail, have no effect or are lost', async () => {
  expect(await unmetBy({ jobs: { removed: 2 } })).toEqual({
    ledger: 'fail: 2 jobs removed, 0 allowed: removed-0 of mail, removed-1 of mail',
  });
  expect(await unmetBy({ jobs: { failed: 1 } })).toEqual({
    ledger: 'fail: 1 job failed for good, 0 allowed: failed-0 of mail',
  });
  expect(await unmetBy({ jobs: { withoutEffect: 1 } })).toEqual({
    ledger: 'fail: 1 job completed according to BullMQ, but the effect never arrived, 0 allowed: mute-0 of mail',
  });
  expect(await unmetBy({ jobs: { lost: 1 } })).toEqual({ ledger: 'fail: 1 job lost, 0 allowed: lost-0 of mail' });
});

test('fails when jobs stay in a queue', async () => {
  const jobs = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const };
  const left: Recording = { jobs: { queued: 2 }, drainS: 40 };
  const stayed =
    'fail: 2 jobs still queued when the fleet had done what it could, 0 allowed: late-0 of mail, late-1 of mail';
  expect(await unmetBy(left)).toEqual({ ledger: stayed });
  expect(await unmetBy({ ...left, plan: { jobs: { ...jobs, queued: 1 } } })).toHaveProperty('ledger');
  expect(await unmetBy({ ...left, plan: { jobs: { ...jobs, queued: 2 } } })).toEqual({});
  // BullMQ tries some of them again, later than the run waits. A scenario may allow those, and only those.
  const again: Recording = { ...left, jobs: { retrying: 2 } };
  const tolerant = { jobs: { ...jobs, retrying: 2 } };
  expect(await unmetBy(again)).toHaveProperty('ledger', expect.stringMatching(/^fail: 2 jobs still queued/));
  expect(await unmetBy({ ...again, plan: tolerant })).toEqual({});
  expect(await unmetBy({ ...left, plan: tolerant })).toEqual({ ledger: stayed });
  expect(await unmetBy({ ...left, jobs: { queued: 2, retrying: 2 }, plan: tolerant })).toEqual({ ledger: stayed });
  expect(await unmetBy({ ...left, jobs: { retrying: 3 }, plan: tolerant })).toEqual({
    ledger:
      'fail: 3 jobs still queued when the fleet had done what it could, 0 allowed: again-0 of mail, again-1 of mail, again-2 of mail',
  });
  // A fleet that is still at work may do them later.
  expect(await unmetBy({ ...left, drainS: 5 })).toEqual({
    ledger: expect.stringMatching(
      /^inconclusive: 2 jobs still queued, 0 allowed, and the fleet was still at work/,
    ) as string,
  });
});

test('fails when jobs of affected queues fail, although the contract allows failures elsewhere', async () => {
  const jobs = { lost: 0, removed: 0, failed: 9, duplicates: 'at-least-once' as const };
  const health = { queues: ['mail'], services: [], sustainMs: 30_000, withinMs: 60_000, wedgeGraceMs: 30_000 };
  expect(await unmetBy({ jobs: { failed: 1 }, plan: { jobs, health } })).toEqual({});
  expect(await unmetBy({ jobs: { failed: 1 }, plan: { jobs, health: { ...health, failed: 1 } } })).toEqual({});
  expect(await unmetBy({ jobs: { failed: 1 }, plan: { jobs, health: { ...health, failed: 0 } } })).toEqual({
    ledger: 'fail: 1 job of the affected queues failed for good, 0 allowed: failed-0 of mail',
  });
});

test('fails when a procedure adds jobs', async () => {
  const jobs = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const };
  expect(await unmetBy({ jobs: { added: 2 } })).toEqual({
    ledger: 'fail: 2 jobs appeared that the load had not enqueued, 0 allowed: strange-0 of mail, strange-1 of mail',
  });
  expect(await unmetBy({ jobs: { added: 2 }, plan: { jobs: { ...jobs, added: 2 } } })).toEqual({});
});

test('is inconclusive about failed jobs until the queues are scanned, because they may be retried', async () => {
  const events = recordRun({ jobs: { failed: 3 } });
  const ledgerOf = async (some: readonly HistoryEvent[]): Promise<string | undefined> => {
    const report = await judgeEvents(some);
    const check = report.scenarios[0]?.checks.find(({ id }) => id === 'ledger');
    return check && `${check.verdict}: ${check.message}`;
  };
  const scanned = events.findIndex(({ type }) => type === 'residue');
  expect(await ledgerOf(events)).toMatch(/^fail: 3 jobs failed for good, 0 allowed/);
  expect(await ledgerOf(events.slice(0, scanned))).toMatch(/^inconclusive: .*the queues were not scanned/);
});

test('limits stalled jobs only if the contract does', async () => {
  const jobs = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const };
  expect(await checkOf('ledger', { jobs: { stalled: 2 } })).toBe('pass');
  expect(await checkOf('ledger', { jobs: { stalled: 2 }, plan: { jobs: { ...jobs, stalled: 2 } } })).toBe('pass');
  expect(await checkOf('ledger', { jobs: { stalled: 2 }, plan: { jobs: { ...jobs, stalled: 1 } } })).toBe(
    'fail: 2 jobs found stalled, 1 allowed: good-0 of mail, good-1 of mail',
  );
});

test('allows the loss of jobs that were not on disk when the fault hit, if the contract does, and of no others', async () => {
  const jobs = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const };
  /** A job is acknowledged at this moment and never seen again. */
  const lose = async (moment: 'fault.injecting' | 'fault.proved', contract: ScenarioPlan['jobs']) => {
    const events = recordRun({ plan: { jobs: contract } }).flatMap((event): readonly HistoryEvent[] =>
      event.type === moment && event.arm === 'treatment'
        ? [event, { ...event, type: 'enqueued', queue: 'mail', ids: ['vanished'] }]
        : [event],
    );
    const report = await judgeEvents(events);
    const found = report.scenarios[0]?.checks.find(({ id }) => id === 'ledger');
    return found && `${found.verdict}: ${found.message}`;
  };
  expect(await lose('fault.injecting', { ...jobs, unsynced: true })).toMatch(
    /^pass: .* 1 lost, acknowledged and not yet on disk$/,
  );
  expect(await lose('fault.proved', { ...jobs, unsynced: true })).toBe('fail: 1 job lost, 0 allowed: vanished of mail');
  expect(await lose('fault.injecting', jobs)).toBe('fail: 1 job lost, 0 allowed: vanished of mail');
});

test('fails when fewer jobs were removed than the contract demands', async () => {
  const jobs = { lost: 0, removed: 5, failed: 0, duplicates: 'at-least-once' as const, atLeast: { removed: 3 } };
  expect(await unmetBy({ jobs: { removed: 3 }, plan: { jobs } })).toEqual({});
  expect(await unmetBy({ jobs: { removed: 2 }, plan: { jobs } })).toEqual({
    ledger: 'fail: 2 jobs removed, at least 3 expected',
  });
});

test('allows removal only from the queues that the contract names', async () => {
  const jobs = { lost: 0, removed: 5, failed: 0, duplicates: 'at-least-once' as const };
  const removed = { removed: 2 };
  expect(await checkOf('ledger', { jobs: removed, plan: { jobs: { ...jobs, removedFrom: ['mail'] } } })).toBe('pass');
  expect(await checkOf('ledger', { jobs: removed, plan: { jobs: { ...jobs, removedFrom: ['rest'] } } })).toMatch(
    /^fail: 2 jobs removed from queues that `removedFrom` does not list: removed-0 of mail, removed-1 of mail/,
  );
});

test('allows the removal of only the jobs that the fault brought, if the contract says so', async () => {
  const jobs = { lost: 0, removed: 5, removedOf: 'fault' as const, failed: 0, duplicates: 'at-least-once' as const };
  const remove = async (brought: readonly string[]): Promise<string | undefined> => {
    const events = recordRun({ jobs: { removed: 2 }, plan: { jobs } }).flatMap((event): readonly HistoryEvent[] =>
      event.type === 'enqueued' ? [{ ...event, ids: brought, ofFault: true }, event] : [event],
    );
    const report = await judgeEvents(events);
    const found = report.scenarios[0]?.checks.find(({ id }) => id === 'ledger');
    return found && `${found.verdict}: ${found.message}`;
  };
  expect(await remove(['removed-0', 'removed-1'])).toMatch(/^pass: /);
  expect(await remove(['removed-0'])).toBe('fail: 1 job removed that the fault had not brought: removed-1 of mail');
});

test('fails when jobs are done twice and the contract says effectively once', async () => {
  expect(await unmetBy({ jobs: { duplicated: 1, resurrected: 1 } })).toEqual({});
  const once: Recording = {
    jobs: { duplicated: 1, resurrected: 1 },
    plan: { jobs: { lost: 0, removed: 0, failed: 0, duplicates: 'effectively-once' } },
  };
  expect(await unmetBy(once)).toEqual({
    ledger: 'fail: 1 job done more than once, 0 allowed: twice-0 of mail (and 1 more)',
  });
  const upTo = (duplicates: number): Recording => ({
    jobs: { duplicated: 2 },
    plan: { jobs: { lost: 0, removed: 0, failed: 0, duplicates } },
  });
  expect(await unmetBy(upTo(2))).toEqual({});
  expect(await unmetBy(upTo(1))).toEqual({
    ledger: 'fail: 2 jobs done more than once, 1 allowed: twice-0 of mail, twice-1 of mail',
  });
});
