import { describe, expect, test } from 'vitest';

import type { Claim, HistoryEvent, PlannedStep, QueueState, ScenarioPlan, ShownPattern } from '../history/events.ts';
import { judge } from './judge.ts';
import { Ledger } from '../record/ledger.ts';
import { pairSteps } from '../record/pair-steps.ts';
import { ArmRecord } from '../record/arm-record.ts';
import { diagnosis, file, recordRun, recovery, threshold, type Recording, type World } from './testing/record-run.ts';

async function* stream(events: readonly HistoryEvent[]): AsyncGenerator<HistoryEvent> {
  yield* events;
}

/** Every check of the scenario: `pass`, or its verdict with what it says. */
async function checksOf(recording: Recording): Promise<Record<string, string>> {
  const report = await judge(stream(recordRun(recording)));
  return Object.fromEntries(
    (report.scenarios[0]?.checks ?? []).map(({ id, verdict, message }) => [
      id,
      verdict === 'pass' ? verdict : `${verdict}: ${message}`,
    ]),
  );
}

async function checkOf(id: string, recording: Recording): Promise<string | undefined> {
  return (await checksOf(recording))[id];
}

const nothing = (): void => undefined;
const step = (more: Partial<PlannedStep> = {}): PlannedStep => ({
  address: recovery,
  location: { file, line: 30 },
  shows: [],
  args: [],
  ...more,
});
const resumed: Claim = { claim: 'paused', queues: ['mail'], value: false, text: 'mail is not paused' };

describe('what must hold all along is looked at moment by moment', () => {
  const empty: Claim = { claim: 'count', queues: ['mail'], state: 'failed', op: '<=', value: 0, text: 'no job failed' };
  const plan = { recovery: [step({ throughout: [empty] })] };
  const id = `throughout:${recovery}`;

  test('it held', async () => {
    expect(await checkOf(id, { plan })).toBe('pass');
  });

  test('it was broken for a moment, and all is well at the end', async () => {
    const whileSettling = (world: World, second: number): void => void (world.failed = second === 3 ? 1 : 0);
    expect(await checkOf(id, { plan, whileSettling })).toMatch(
      /^fail: no job failed: not so \d+(\.\d)? s of sandbox time after it began$/,
    );
  });

  test('what was so before the step began is not held against it', async () => {
    expect(
      await checkOf(id, {
        plan,
        beforeFault: (world) => void (world.failed = 1),
        cure: (world) => void ((world.failed = 0), (world.paused = false)),
      }),
    ).toBe('pass');
  });

  test('jobs failed again, though none stands among the failed for longer than an instant', async () => {
    const once: Claim = { ...empty, state: 'failures', text: 'no job failed again' };
    const again = (world: World, second: number): void => void (world.failures = second >= 3 ? 1 : 0);
    const asked = { plan: { recovery: [step({ throughout: [once] })] } };
    expect(await checkOf(id, asked)).toBe('pass');
    expect(await checkOf(id, { plan, whileSettling: again })).toBe('pass');
    expect(await checkOf(id, { ...asked, whileSettling: again })).toMatch(/^fail: no job failed again: not so 3\.\d s/);
  });

  test('nobody could look', async () => {
    const cure = (world: World): void => void (world.redisUp = false);
    expect(await checkOf(id, { plan, cure, whileSettling: cure })).toMatch(/^inconclusive/);
  });
});

describe('a figure that a step shows is held against the queues', () => {
  const id = `shows:${diagnosis}`;
  const states: readonly QueueState[] = ['waiting', 'prioritized', 'paused'];
  /** Nobody resumes the queue: 5 jobs wait when the block begins, 6 soon after it has ended. */
  const shown = (output: string, counts: Partial<NonNullable<ShownPattern['counts']>> = {}): Recording => ({
    diagnosisOutput: output,
    cure: nothing,
    plan: {
      diagnosis: [
        step({
          address: diagnosis,
          shows: [
            {
              source: 'mail: (\\S+)|is paused',
              flags: '',
              means: 'what waits',
              counts: { queues: ['mail'], states, ...counts },
            },
          ],
        }),
      ],
    },
  });

  test.each(['mail: 5', 'mail: 6', 'it is paused'])('%s', async (output) => {
    expect(await checkOf(id, shown(output))).toBe('pass');
  });

  test.each([
    ['mail: 4', 'what waits as 4; Redis had 5 to 6 meanwhile (waiting + prioritized + paused)'],
    ['mail: 7', 'what waits as 7; Redis had 5 to 6 meanwhile (waiting + prioritized + paused)'],
    ['mail: NaN', 'what waits as "NaN", which is not a number of jobs'],
    ['mail: 5.5', 'what waits as "5.5", which is not a number of jobs'],
  ])('%s is not so', async (output, message) => {
    expect(await checkOf(id, shown(output))).toBe(`fail: shows ${message}`);
  });

  test('each state by itself, and the whole fleet', async () => {
    const active: readonly QueueState[] = ['active'];
    expect(await checkOf(id, shown('mail: 5', { states: ['waiting'] }))).toMatch(/ Redis had 0 meanwhile \(waiting\)$/);
    expect(await checkOf(id, shown('mail: 5', { states: active }))).toMatch(/ Redis had 0 meanwhile /);
    expect(await checkOf(id, shown('mail: 5', { states: active, queues: [] }))).toBe('pass');
  });

  test('nobody knows', async () => {
    const unknown = 'inconclusive: what waits: the record does not say how many jobs there were meanwhile';
    expect(await checkOf(id, shown('mail: 5', { queues: ['mail', 'gone'] }))).toBe(unknown);
    const away = (world: World): void => void (world.redisUp = false);
    expect(await checkOf(id, { ...shown('mail: 5'), cure: away })).toBe(unknown);
    const awayForAMoment = (world: World, second: number): void => void (world.redisUp = second !== 1);
    expect(await checkOf(id, { ...shown('mail: 5'), whileSettling: awayForAMoment })).toBe(unknown);
  });

  test('what the second sample after it finds counts, and nothing later', async () => {
    const whileSettling = (world: World, second: number): void => void (world.backlog += second < 2 ? 0 : 2);
    expect(await checkOf(id, { ...shown('mail: 8'), whileSettling })).toBe('pass');
    expect(await checkOf(id, { ...shown('mail: 9'), whileSettling })).toMatch(/as 9; Redis had 5 to 8 meanwhile/);
  });

  test('a figure that is wrong is so in an output that was cut, and on a busy machine', async () => {
    const [wrong, absent] = [shown('mail: 4'), shown('nothing')];
    expect(await checkOf(id, absent)).toMatch(/^fail: does not show what waits/);
    for (const excuse of [{ diagnosed: { outputCut: true } }, { pressure: 0.95 }]) {
      expect(await checkOf(id, { ...wrong, ...excuse })).toMatch(/^fail/);
      expect(await checkOf(id, { ...absent, ...excuse })).toMatch(/^inconclusive/);
    }
    expect(await checkOf(id, { ...absent, pressure: 0.95 })).toMatch(
      /^inconclusive: processes of this machine waited for a CPU 95 % of the time, so it proves nothing: does not show /,
    );
  });
});

describe('what a step achieves is seen from outside', () => {
  const plan = { recovery: [step({ achieves: [resumed] })] };
  const id = `achieved:${recovery}`;

  test('it is', async () => {
    expect(await checkOf(id, { plan })).toBe('pass');
  });

  test('the block says that it did it, and the queue knows nothing of it', async () => {
    expect(await checkOf(id, { plan, cure: nothing })).toBe('fail: mail is not paused: not seen after it');
  });

  describe('a restart', () => {
    const restarted: Claim = { claim: 'restarted', service: 'worker-mail', text: 'worker-mail is restarted' };
    const restart: Recording = { plan: { recovery: [step({ achieves: [restarted] })] } };
    const startAnew = (world: World): void =>
      void ((world.paused = false), (world.workerStartedAt = '2026-01-01T00:01:00Z'));

    test('the container was started since', async () => {
      expect(await checkOf(id, { ...restart, cure: startAnew })).toBe('pass');
    });

    test('the container is the process that it was', async () => {
      expect(await checkOf(id, restart)).toBe('fail: worker-mail is restarted: not seen after it');
    });

    test('the container was started before the step began', async () => {
      expect(await checkOf(id, { ...restart, beforeFault: startAnew })).toMatch(/^fail/);
    });

    test('the container was started and is down again', async () => {
      const die = (world: World): void => void (startAnew(world), (world.workerState = 'exited'));
      expect(await checkOf(id, { ...restart, cure: die })).toMatch(/^fail/);
    });
  });

  test('nobody could look', async () => {
    const blind: Recording = { plan, cure: (world) => (world.redisUp = false) };
    expect(await checkOf(id, blind)).toBe('inconclusive: mail is not paused: the record does not say');
  });

  test('the fault took no effect, so that nothing follows from what is seen', async () => {
    expect(await checkOf(id, { plan, bit: false })).toMatch(/^inconclusive: the fault took no effect/);
  });
});

describe('jobs that stand among the failed', () => {
  const health = {
    queues: ['mail'],
    services: [],
    sustainMs: 30_000,
    withinMs: 60_000,
    wedgeGraceMs: 30_000,
    failed: 0,
  };
  const leaveFailed = (world: World): void => void ((world.paused = false), (world.failed = 3));

  test('keep the queue from being healthy where the scenario allows none', async () => {
    expect(await checkOf('recovered', { plan: { health }, cure: leaveFailed })).toBe(
      'fail: not healthy within 60 s: 3 jobs of mail stand among the failed',
    );
  });

  test('do not where it allows as many, or says nothing of them', async () => {
    const { failed: _, ...silent } = health;
    for (const allowed of [{ ...health, failed: 3 }, silent])
      expect(await checkOf('recovered', { plan: { health: allowed }, cure: leaveFailed })).toBe('pass');
  });
});

test('jobs that are tried again and again keep the queue from being healthy where the scenario says so', async () => {
  const health = { queues: ['mail'], services: [], sustainMs: 30_000, withinMs: 60_000, wedgeGraceMs: 30_000 };
  const cure = (world: World): void => void ((world.paused = false), (world.delayed = 3));
  expect(await checkOf('recovered', { plan: { health: { ...health, delayed: 2 } }, cure })).toBe(
    'fail: not healthy within 60 s: 3 jobs of mail stand among the delayed',
  );
  for (const allowed of [{ ...health, delayed: 3 }, health])
    expect(await checkOf('recovered', { plan: { health: allowed }, cure })).toBe('pass');
});

describe('an alert threshold of the runbook', () => {
  const alert = (metric: 'waiting' | 'rate' | 'failed', range: { min?: number; max?: number }): Claim => {
    const bound = (value: number) => ({ value, inclusive: false });
    const row = {
      ...threshold(metric, { text: '-' }, 61),
      alert: {
        text: 'alert',
        ...(range.min === undefined ? {} : { min: bound(range.min) }),
        ...(range.max === undefined ? {} : { max: bound(range.max) }),
      },
    };
    return { claim: 'over-threshold', threshold: row, text: metric };
  };
  const symptom = async (claim: Claim): Promise<string | undefined> =>
    (await checksOf({ plan: { symptoms: [claim] } }))['symptom:1'];

  test('is crossed, or is not', async () => {
    expect(await symptom(alert('waiting', { min: 2 }))).toBe('pass');
    expect(await symptom(alert('waiting', { min: 1000 }))).toMatch(/^fail/);
    expect(await symptom(alert('rate', { max: 100 }))).toBe('pass');
    expect(await symptom(alert('rate', { max: 1 }))).toMatch(/^fail/);
    expect(await symptom(alert('failed', { min: 50 }))).toMatch(/^fail/);
  });
});

describe('what heals by itself', () => {
  const plan = { recovery: [], selfHealing: true, control: { enabled: false, instead: [] } };

  test('needs no control arm, and is healthy again', async () => {
    const checks = await checksOf({ plan });
    expect(checks).toMatchObject({ recovered: 'pass', 'no-wedge': 'pass' });
    expect(Object.keys(checks)).not.toContain('control-arm');
  });

  test('does not heal', async () => {
    expect(await checkOf('recovered', { plan, cure: nothing })).toMatch(/^fail: .*mail is paused/);
  });
});

describe('maintenance of a healthy fleet', () => {
  const plan = { fault: undefined, symptoms: [], recovery: [], maintenance: [step()] };

  test('leaves it healthy', async () => {
    const checks = await checksOf({ plan });
    expect(checks).toMatchObject({ [`maintenance:${recovery}`]: 'pass', recovered: 'pass', 'no-wedge': 'pass' });
    expect(Object.values(checks).filter((verdict) => verdict !== 'pass')).toEqual([]);
  });

  test('breaks it', async () => {
    expect(await checkOf('recovered', { plan, cure: (world) => (world.paused = true) })).toBe(
      'fail: not healthy within 60 s: the queue mail is paused',
    );
  });

  test('a command of it fails', async () => {
    const checks = await checksOf({ plan, commands: [{ exitCode: 3 }] });
    expect(checks[`maintenance:${recovery}`]).toMatch(/^fail: .* failed with 3/);
  });
});

test('a block that is planned twice and ran once was not run twice', async () => {
  const plan = { recovery: [step({ shows: [{ source: 'resumed', flags: '', means: 'it' }] }), step()] };
  const events = recordRun({ plan });
  const second = events.findLastIndex(({ type, arm }) => type === 'procedure.started' && arm === 'treatment');
  const once = events.filter((_, index) => index < second || index > second + 2);
  expect(once.length).toBe(events.length - 3);
  const report = await judge(stream(once.map((event, seq) => ({ ...event, seq }))));
  expect(report.scenarios[0]?.checks.filter(({ message }) => message === 'it was not run')).toHaveLength(1);

  const arm = new ArmRecord();
  for (const event of events) if (event.arm === 'treatment') arm.push(event);
  const planned = events.find((event) => event.type === 'scenario.planned')?.plan;
  if (!planned) throw new Error('no plan');
  const runs = pairSteps(planned, arm).map(({ record }) => record?.started.t);
  expect(new Set(runs).size).toBe(3);
});

describe('what a procedure removes without telling', () => {
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

  test('is what its queue held before and no longer after, unless it was done', () => {
    expect(gone([]).balance()).toMatchObject({ removed: 1, completed: 1, lost: 1, whole: true });
    expect(gone([]).examples('removed', 9)).toEqual([{ id: 'a', queue: 'mail' }]);
  });

  test('so is what its queue got while the procedure ran; what another queue got is lost', () => {
    const ledger = gone([], true, ['mail', 'letters']);
    expect(ledger.balance()).toMatchObject({ removed: 2, lost: 2 });
    expect(ledger.examples('removed', 9)).toContainEqual({ id: 'late in mail', queue: 'mail' });
    expect(gone(['late in mail'], true, ['mail']).balance()).toMatchObject({ removed: 1, lost: 2 });
  });

  test('what goes later is lost', () => {
    expect(gone(['a', 'b']).balance()).toMatchObject({ removed: 0, completed: 1, lost: 2 });
  });

  test('is not known when nobody could look', () => {
    expect(gone([], false).gaps).toEqual(['what the procedure removed is not known (no reason given)']);
  });
});

test('what has failed may yet be retried, until the queues were scanned', async () => {
  const events = recordRun({ jobs: { failed: 3 } });
  const ledgerOf = async (some: readonly HistoryEvent[]): Promise<string | undefined> => {
    const report = await judge(stream(some));
    const check = report.scenarios[0]?.checks.find(({ id }) => id === 'ledger');
    return check && `${check.verdict}: ${check.message}`;
  };
  const scanned = events.findIndex(({ type }) => type === 'residue');
  expect(await ledgerOf(events)).toMatch(/^fail: 3 jobs failed for good, 0 allowed/);
  expect(await ledgerOf(events.slice(0, scanned))).toMatch(/^inconclusive: .*the queues were not scanned/);
});

test('jobs that were found stalled count where the contract counts them', async () => {
  const jobs = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const };
  expect(await checkOf('ledger', { jobs: { stalled: 2 } })).toBe('pass');
  expect(await checkOf('ledger', { jobs: { stalled: 2 }, plan: { jobs: { ...jobs, stalled: 2 } } })).toBe('pass');
  expect(await checkOf('ledger', { jobs: { stalled: 2 }, plan: { jobs: { ...jobs, stalled: 1 } } })).toBe(
    'fail: 2 jobs found stalled, 1 allowed: good-0 of mail, good-1 of mail',
  );
});

test('jobs that Redis had not on disk when the fault hit may be lost where the contract says so, and no others', async () => {
  const jobs = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const };
  /** One job is acknowledged while the fault is being injected, one after it was proved; neither is heard of again. */
  const lose = async (moment: 'fault.injecting' | 'fault.proved', contract: ScenarioPlan['jobs']) => {
    const events = recordRun({ plan: { jobs: contract } }).flatMap((event): readonly HistoryEvent[] =>
      event.type === moment && event.arm === 'treatment'
        ? [event, { ...event, type: 'enqueued', queue: 'mail', ids: ['vanished'] }]
        : [event],
    );
    const report = await judge(stream(events.map((event, seq) => ({ ...event, seq }))));
    const found = report.scenarios[0]?.checks.find(({ id }) => id === 'ledger');
    return found && `${found.verdict}: ${found.message}`;
  };
  expect(await lose('fault.injecting', { ...jobs, unsynced: true })).toMatch(
    /^pass: .* 1 lost, acknowledged and not yet on disk$/,
  );
  expect(await lose('fault.proved', { ...jobs, unsynced: true })).toBe('fail: 1 job lost, 0 allowed: vanished of mail');
  expect(await lose('fault.injecting', jobs)).toBe('fail: 1 job lost, 0 allowed: vanished of mail');
});

test('jobs may be removed from the queues that the contract names, and from no other', async () => {
  const jobs = { lost: 0, removed: 5, failed: 0, duplicates: 'at-least-once' as const };
  const removed = { removed: 2 };
  expect(await checkOf('ledger', { jobs: removed, plan: { jobs: { ...jobs, removedFrom: ['mail'] } } })).toBe('pass');
  expect(await checkOf('ledger', { jobs: removed, plan: { jobs: { ...jobs, removedFrom: ['rest'] } } })).toMatch(
    /^fail: 2 jobs removed from queues that `removedFrom` does not list: removed-0 of mail, removed-1 of mail/,
  );
});

test('only what the fault brought may be removed, where the contract says so', async () => {
  const jobs = { lost: 0, removed: 5, removedOf: 'fault' as const, failed: 0, duplicates: 'at-least-once' as const };
  const remove = async (brought: readonly string[]): Promise<string | undefined> => {
    const events = recordRun({ jobs: { removed: 2 }, plan: { jobs } }).flatMap((event): readonly HistoryEvent[] =>
      event.type === 'enqueued' ? [{ ...event, ids: brought, ofFault: true }, event] : [event],
    );
    const report = await judge(stream(events.map((event, seq) => ({ ...event, seq }))));
    const found = report.scenarios[0]?.checks.find(({ id }) => id === 'ledger');
    return found && `${found.verdict}: ${found.message}`;
  };
  expect(await remove(['removed-0', 'removed-1'])).toMatch(/^pass: /);
  expect(await remove(['removed-0'])).toBe('fail: 1 job removed that the fault had not brought: removed-1 of mail');
});

describe('the order of priorities', () => {
  const jobs = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const, inOrder: ['mail'] };
  /** Effects in this order, of ten jobs with each of the priorities 1 and 2. */
  const orderOf = async (done: readonly string[]): Promise<string | undefined> => {
    const events = recordRun({ plan: { jobs } });
    const urgent = Array.from({ length: 10 }, (_, index) => `urgent-${index}`);
    const idle = Array.from({ length: 10 }, (_, index) => `idle-${index}`);
    const changed = events.flatMap((event): readonly HistoryEvent[] => {
      if (event.type === 'effects') return [{ ...event, once: [...event.once, ...done] }];
      if (event.type !== 'enqueued' || event.arm !== 'treatment') return [event];
      return [event, { ...event, ids: idle, priority: 2 }, { ...event, ids: urgent, priority: 1 }];
    });
    const report = await judge(stream(changed.map((event, seq) => ({ ...event, seq }))));
    const found = report.scenarios[0]?.checks.find(({ id }) => id === 'order');
    return found && `${found.verdict}: ${found.message}`;
  };
  const [urgent, idle] = ['urgent', 'idle'].map((kind) => Array.from({ length: 10 }, (_, index) => `${kind}-${index}`));

  test('was kept, but for one in ten', async () => {
    expect(await orderOf([...(urgent ?? []), ...(idle ?? [])])).toBe(
      'pass: 20 jobs done in order of priority, 0 of them out of turn',
    );
    const taken = ['idle-0', 'idle-1', ...(urgent ?? []), ...(idle ?? []).slice(2)];
    expect(await orderOf(taken)).toMatch(/^pass: .* 2 of them/);
  });

  test('was kept, although an urgent job took long, side by side with others', async () => {
    const slow = [...(urgent ?? []).slice(1), ...(idle ?? []).slice(0, 5), 'urgent-0', ...(idle ?? []).slice(5)];
    expect(await orderOf(slow)).toMatch(/^pass: .* 1 of them/);
  });

  test('was not', async () => {
    expect(await orderOf([...(idle ?? []), ...(urgent ?? [])])).toBe(
      'fail: 10 of 20 jobs done out of turn: idle-0 of mail, idle-1 of mail, idle-2 of mail, idle-3 of mail, idle-4 of mail, …',
    );
    // One after the other, as if there were no priorities.
    const mixed = (urgent ?? []).flatMap((id, index) => [idle?.[index] ?? '', id]);
    expect(await orderOf(mixed)).toMatch(/^fail: 10 of 20 jobs done out of turn: /);
  });

  test('cannot be told from jobs that were not done', async () => {
    expect(await orderOf([])).toBe('inconclusive: no job that was added with a priority was done');
  });
});

describe('the time that recovery took', () => {
  const limitedTo = (limitMs: number): Promise<string | undefined> =>
    checkOf('recovery-time', { plan: { recoveryLimit: { baselineMs: 1000, limitMs } } });

  test('is within what is allowed over the baseline, or is not', async () => {
    expect(await limitedTo(1510)).toBe('pass');
    expect(await limitedTo(1500)).toBe(
      'fail: recovery took 1.5 s of sandbox time; the baseline is 1 s, at most 1.5 s are allowed',
    );
  });

  test('is not known without a recovery, and not asked without a baseline', async () => {
    const plan = { recoveryLimit: { baselineMs: 1000, limitMs: 9000 } };
    expect(await checkOf('recovery-time', { plan, cure: nothing })).toBe(
      'inconclusive: there was no recovery to be timed',
    );
    expect(await checkOf('recovery-time', {})).toBeUndefined();
  });
});

describe('the recovery, run again', () => {
  const plan = { repeat: true };
  const pause = (world: World): void => void (world.paused = true);

  test('leaves a healthy fleet as it is, and recovers when it was cut off and run again', async () => {
    const checks = await checksOf({ plan });
    expect(checks).toMatchObject({ 'repeat:healthy': 'pass', 'repeat:interrupted': 'pass', 'control-arm': 'pass' });
    expect(Object.keys(await checksOf({})).filter((id) => id.startsWith('repeat:'))).toEqual([]);
  });

  test('breaks the fleet that it had healed', async () => {
    expect(await checkOf('repeat:healthy', { plan, again: pause })).toBe(
      'fail: run again on the healthy fleet, it leaves the fleet broken: the queue mail is paused',
    );
  });

  test('does not recover once it was cut off', async () => {
    expect(await checkOf('repeat:interrupted', { plan, anew: nothing })).toBe(
      'fail: cut off half-way and run again, it leaves the fleet broken: the queue mail is paused',
    );
  });

  test('was over before it could be cut off, which shows nothing', async () => {
    expect(await checkOf('repeat:interrupted', { plan, cut: { ended: 'exited', exitCode: 0 } })).toBe(
      'inconclusive: the recovery was over before it could be cut off',
    );
  });

  test('was cut off between two of its blocks', async () => {
    const two = [step(), step({ address: '3.2 > Solution > bash[2]' })];
    expect(
      await checkOf('repeat:interrupted', {
        plan: { ...plan, recovery: two },
        cut: { ended: 'exited', exitCode: 0 },
      }),
    ).toBe('pass');
  });

  test('is not run again on a healthy fleet where it removes jobs', async () => {
    const jobs = { lost: 0, removed: 3, failed: 0, duplicates: 'at-least-once' as const };
    expect(await checkOf('repeat:healthy', { plan: { ...plan, jobs } })).toBeUndefined();
  });

  test('is not repeated where it fails', async () => {
    expect(await checksOf({ plan: { ...plan, control: { enabled: false, instead: [] } } })).toMatchObject({
      'repeat:interrupted': 'inconclusive: the recovery was not cut off and run again',
    });
  });
});
