import { describe, expect, test } from 'vitest';

import type { HistoryEvent, ScenarioPlan } from '../../history/events.ts';
import { JobIds } from '../../history/job-ids.ts';
import { judgeEvents, unmet } from '../testing/judge-recording.ts';
import { pausedPlan, recordRun } from '../testing/record-run.ts';

/** A job that is enqueued in `mail` and seen in `rest`. */
const moved = (event: HistoryEvent): readonly HistoryEvent[] => [
  { ...event, type: 'enqueued', queue: 'mail', ids: ['stray'] },
  { ...event, type: 'outcomes', queue: 'rest', completed: ['stray'], failed: [], stalled: [], removed: [] },
  event,
];

const ledgerOf = async (events: readonly HistoryEvent[]) => {
  const { scenarios } = await judgeEvents(events);
  return { ...unmet(scenarios[0]?.checks), moved: scenarios[0]?.ledger?.moved };
};

test('fails when a procedure moves jobs to another queue', async () => {
  const isAfter = (event: HistoryEvent): boolean => event.type === 'residue';
  const events = recordRun().flatMap((event) => {
    if (event.type === 'effects') return [{ ...event, once: [...event.once, 'stray'] }];
    return isAfter(event) ? moved(event) : [event];
  });
  expect(await ledgerOf(events)).toEqual({
    ledger: 'fail: 1 job turned up in another queue, 0 allowed: stray of mail',
    moved: 1,
  });
});

test('fails when delayed jobs are done before they are due', async () => {
  const contract = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const };
  const done = (afterMs: number, state: 'completed' | 'failed', jobs: ScenarioPlan['jobs'] = contract) => {
    const events = recordRun({ plan: { jobs } }).flatMap((event): readonly HistoryEvent[] => {
      if (event.type === 'effects') return [{ ...event, once: [...event.once, 'later'] }];
      if (event.type !== 'residue') return [event];
      const outcomes = {
        type: 'outcomes',
        queue: 'rest',
        completed: [],
        failed: [],
        stalled: [],
        removed: [],
      } as const;
      return [
        { ...event, type: 'enqueued', queue: 'rest', ids: ['later'], dueAt: event.s + 1000 },
        { ...event, ...outcomes, [state]: ['later'], s: event.s + afterMs },
        event,
      ];
    });
    return ledgerOf(events);
  };
  const tooEarly = { ledger: 'fail: 1 job done before being due, 0 allowed: later of rest', moved: 0 };
  expect(await done(999, 'completed')).toEqual(tooEarly);
  expect(await done(999, 'failed')).toEqual(tooEarly);
  expect(await done(999, 'completed', { ...contract, promoted: 1 })).toEqual({ moved: 0 });
  expect(await done(1000, 'completed')).toEqual({ moved: 0 });
});

test('fails when a procedure changes the name, payload or attempts of jobs', async () => {
  const contract = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const };
  const done = (altered: readonly string[], jobs: ScenarioPlan['jobs'] = contract) =>
    ledgerOf(recordRun({ plan: { jobs } }).map((event) => (event.type === 'effects' ? { ...event, altered } : event)));
  const effects = recordRun().find((event) => event.type === 'effects');
  const [job = 'none'] = effects?.once ?? [];
  expect(await done([job])).toEqual({
    ledger: `fail: 1 job done with a changed name, payload or option, 0 allowed: ${job} of mail`,
    moved: 0,
  });
  expect(await done([job], { ...contract, altered: 1 })).toEqual({ moved: 0 });
  expect(await done([])).toEqual({ moved: 0 });
});

test('passes when the fleet itself moves jobs from queue to queue under one id', async () => {
  const events = recordRun().flatMap((event) => {
    if (event.type === 'effects') return [{ ...event, once: [...event.once, 'stray'] }];
    return event.type === 'phase.started' && event.phase === 'baseline' ? moved(event) : [event];
  });
  expect(await ledgerOf(events)).toEqual({ moved: 0 });
});

test('passes when the fleet makes jobs of its own, so that added jobs cannot be blamed on a procedure', async () => {
  const events = recordRun({ jobs: { added: 2 } }).flatMap((event): readonly HistoryEvent[] =>
    event.type === 'phase.started' && event.phase === 'baseline'
      ? [
          event,
          { ...event, type: 'outcomes', queue: 'mail', completed: ['child'], failed: [], stalled: [], removed: [] },
        ]
      : [event],
  );
  const { scenarios } = await judgeEvents(events);
  expect(unmet(scenarios[0]?.checks)).toEqual({});
  expect(scenarios[0]?.ledger).toMatchObject({ added: 0 });
});

describe('a job that a worker completes late', () => {
  /** The sink has the effect of one more job. */
  const withEffect = (id: string, events: readonly HistoryEvent[]): readonly HistoryEvent[] =>
    events.map((event) => (event.type === 'effects' ? { ...event, once: [...event.once, id] } : event));
  /** The sandbox had given `given` ids before each arm. */
  const afterOthers = (given: JobIds, events: readonly HistoryEvent[]): readonly HistoryEvent[] =>
    events.flatMap((event): readonly HistoryEvent[] =>
      event.type === 'arm.started'
        ? [event, { ...event, type: 'job-ids', seed: given.seed, part: given.part, given: given.given }]
        : [event],
    );
  const ofPaused = async (events: readonly HistoryEvent[]) => {
    const { scenarios } = await judgeEvents(events.map((event, seq) => ({ ...event, seq })));
    const found = scenarios.find(({ id }) => id === pausedPlan.id);
    return { ...unmet(found?.checks), added: found?.ledger?.added };
  };

  test('was added by a procedure if no arm enqueued it', async () => {
    const added = '1 job appeared that the load had not enqueued, 0 allowed: stray';
    expect(await ofPaused(withEffect('stray', recordRun()))).toMatchObject({
      ledger: expect.stringContaining(added) as string,
      added: 1,
    });
  });

  test('is ignored if the sandbox gave it to an arm before, even in another history', async () => {
    const ids = new JobIds({ seed: 1, part: '1' });
    const [late, present] = [ids.next(), recordRun()];
    expect(await ofPaused(withEffect(late, afterOthers(ids, present)))).toEqual({ added: 0 });
    expect(await ofPaused(withEffect(late, present))).toMatchObject({ added: 1 });
  });

  test('is ignored in a history of version 1 if its id names an arm', async () => {
    const inVersion1 = (events: readonly HistoryEvent[]): readonly HistoryEvent[] =>
      events.map((event) => (event.type === 'run.started' ? { ...event, historyVersion: 1 } : event));
    const late = withEffect('queue-paused-control-7', recordRun());
    expect(await ofPaused(inVersion1(late))).toEqual({ added: 0 });
    expect(await ofPaused(late)).toMatchObject({ added: 1 });
  });
});
