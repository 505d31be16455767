import { describe, expect, test } from 'vitest';

import type { EventBody, HistoryEvent, ProcedureEnded, QueueRow, ScenarioPlan } from '../history/events.ts';
import { judge } from './judge.ts';
import { runReportSchema, type Check, type RunReport } from './run-report.ts';
import {
  diagnosis,
  file,
  pausedPlan,
  recordRun,
  threshold,
  thresholds,
  type Recording,
  type World,
} from './testing/record-run.ts';

async function* stream(events: readonly HistoryEvent[]): AsyncGenerator<HistoryEvent> {
  yield* events;
}

const judgeRun = (recording: Recording = {}): Promise<RunReport> => judge(stream(recordRun(recording)));

/** What did not pass, by id. */
function unmet(checks: readonly Check[] = []): Record<string, string> {
  return Object.fromEntries(
    checks
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ id, verdict, message }) => [id, `${verdict}: ${message}`]),
  );
}

async function unmetBy(recording: Recording): Promise<Record<string, string>> {
  const report = await judgeRun(recording);
  return { ...unmet(report.checks), ...unmet(report.scenarios[0]?.checks) };
}

/** A queue without anything. */
const emptyRow: QueueRow = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/** The same of events that a recording was made into. */
async function unmetOf(events: readonly HistoryEvent[]): Promise<Record<string, string>> {
  const report = await judge(stream(events.map((event, seq) => ({ ...event, seq }))));
  return { ...unmet(report.checks), ...unmet(report.scenarios[0]?.checks) };
}

const nothing = (): void => undefined;

test('a runbook that works passes, and its recovery is timed', async () => {
  const report = await judgeRun();
  expect(unmet([...report.checks, ...(report.scenarios[0]?.checks ?? [])])).toEqual({});
  expect(report).toMatchObject({ verdict: 'pass', exitCode: 0 });
  expect(report.scenarios[0]?.recovery?.sinceProcedure).toEqual({ realMs: 151, sandboxMs: 1510 });
  expect(runReportSchema.parse(report)).toEqual(report);
});

test('judging twice gives the same report apart from its time stamp', async () => {
  const [first, second] = await Promise.all([judgeRun(), judgeRun()]);
  expect(JSON.stringify({ ...second, generatedAt: '' })).toBe(JSON.stringify({ ...first, generatedAt: '' }));
});

test('scenarios that ran at once are judged as if each had run alone', async () => {
  // In the other sandbox the worker is down at the end, and Redis too: no business of the first one's.
  const dying = (world: World): void => void ((world.workerState = 'exited'), (world.redisUp = false));
  const recordings: readonly Recording[] = [{}, { plan: { id: 'other' }, cure: dying }];
  const [one = [], other = []] = recordings.map(recordRun);
  const begin = one.slice(0, 2);
  const middle = [...one.slice(2, -1), ...other.slice(2, -1)].toSorted((a, b) => a.t - b.t);
  const events = [...begin, ...middle, ...one.slice(-1)].map((event, seq) => ({ ...event, seq }));
  const report = await judge(stream(events));
  const alone = await Promise.all(recordings.map(judgeRun));
  expect(report.scenarios).toEqual(alone.flatMap(({ scenarios }) => scenarios));
  expect(report.scenarios.map(({ verdict }) => verdict)).toEqual(['pass', 'inconclusive']);
});

describe('it is hard to fool', () => {
  test('a procedure that does nothing', async () => {
    expect(await unmetBy({ cure: nothing })).toMatchObject({
      recovered: 'fail: not healthy within 60 s: the queue mail is paused',
    });
  });

  test('a cure that comes too late', async () => {
    const late: Recording = { cure: nothing, whileSettling: (world, second) => (world.paused &&= second < 61) };
    expect(await unmetBy(late)).toMatchObject({
      recovered: expect.stringMatching(/^fail: healthy only 61\.5 s .* 1 s too late$/) as string,
    });
  });

  test('health that does not last', async () => {
    const relapse: Recording = {
      whileSettling: (world, second) => (world.paused = second % 25 === 0),
      cure: (world) => (world.paused = false),
    };
    expect(await unmetBy(relapse)).toMatchObject({
      recovered: expect.stringMatching(/^fail: .*health lasted 23 s at best, 30 s are needed/) as string,
    });
  });

  test('a fleet that does nothing for longer than chance would have it', async () => {
    const idleFor = (seconds: number): Recording => ({
      cure: (world) => (world.paused = false),
      whileSettling: (world, second) => (world.idle = second % 20 >= 20 - seconds),
    });
    expect(await unmetBy(idleFor(5))).toEqual({});
    expect(await unmetBy(idleFor(6))).toMatchObject({
      recovered: expect.stringMatching(
        /^fail: not healthy within 60 s: active of the fleet was 0, normal is 1-50; health lasted 18 s at best/,
      ) as string,
    });
  });

  test('a cure that comes too late on a machine that is too busy, and on one that is not', async () => {
    const late: Recording = { cure: nothing, whileSettling: (world, second) => (world.paused &&= second < 61) };
    expect(await unmetBy({ ...late, pressure: 0.95 })).toMatchObject({
      recovered: expect.stringMatching(
        /^inconclusive: processes of this machine waited for a CPU 95 % of the time, so it proves nothing: healthy only/,
      ) as string,
    });
    expect(await unmetBy({ ...late, pressure: 0.5 })).toMatchObject({
      recovered: expect.stringMatching(/^fail/) as string,
    });
    // What did not have to come in time is no less true.
    const commands = [{ exitCode: 1 }];
    expect(await unmetBy({ commands, pressure: 0.95 })).toMatchObject({
      'recovery:3.2 > Solution > bash[1]': expect.stringMatching(/^fail/) as string,
    });
  });

  test.each([
    // 6 s of real time at the time scale of these runs: a connection that the kernel is still making is no wedge.
    { forS: 45, verdict: undefined },
    { forS: 65, verdict: expect.stringMatching(/^fail: the queue mail had \d+ waiting and took none/) as string },
  ])('a queue of which nothing is taken for $forS s', async ({ forS, verdict }) => {
    const idle: Recording = { whileSettling: (world, second) => (world.takes = second < 10 || second > 10 + forS) };
    expect((await unmetBy(idle))['no-wedge']).toEqual(verdict);
  });

  test('a queue that finishes something and is stuck again, with little in it', async () => {
    const stuck: Recording = {
      cure: (world) => (world.paused = false),
      whileSettling: (world, second) => (world.takes = second < 6),
    };
    expect(await unmetBy(stuck)).toMatchObject({
      recovered: 'fail: not healthy within 60 s: the queue mail had work and completed none of it for 20 s',
    });
  });

  test('a block that ends 0 though its first command failed', async () => {
    const commands = [
      { text: 'docker compose exec api node -e " …', exitCode: 1, output: 'Error: Queue name cannot contain :' },
      {},
    ];
    const report = await judgeRun({ commands });
    const check = report.scenarios[0]?.checks.find(({ id }) => id === 'recovery:3.2 > Solution > bash[1]');
    expect(check).toMatchObject({ verdict: 'fail', locations: [{ file, line: 31 }] });
    expect(check?.findings).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('and the block still ended with 0') as string,
        cause: 'BullMQ 5 refuses a colon in a queue name',
        exitCode: 1,
      }),
    ]);
  });

  test('a fault that did not bite', async () => {
    const report = await judgeRun({ bit: false });
    expect(unmet(report.scenarios[0]?.checks)).toMatchObject({
      'fault-bit': 'inconclusive: the fault took no effect: the flag is set',
    });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 2 });
  });

  test('a fleet that was never healthy', async () => {
    expect(await unmetBy({ beforeFault: (world) => (world.backlog = 5000) })).toEqual({});
    const idle: Recording = { beforeFault: (world) => (world.othersRate = 2) };
    expect(await unmetBy(idle)).toMatchObject({
      'steady-state': expect.stringMatching(
        /^inconclusive: the steady state never held: the processing rate/,
      ) as string,
    });
  });

  test('a fleet that heals itself', async () => {
    const healing: Recording = { selfHealing: { afterS: 50, heal: (world) => (world.paused = false) } };
    expect(await unmetBy(healing)).toEqual({
      'control-arm': expect.stringMatching(
        /^fail: recovery is not shown to be due to the procedure: without it the fleet was healthy again 50\.5 s after/,
      ) as string,
    });
  });

  test('a control arm that was recorded before is judged like any other, and told', async () => {
    const recalling = (recording: Recording): readonly HistoryEvent[] => {
      const events = recordRun(recording);
      const isControl = ({ arm }: HistoryEvent): boolean => arm === 'control';
      const at = events.findIndex(isControl);
      const then = events.filter(isControl).map((event) => ({ ...event, t: event.t + 9e6, s: event.s + 9e7 }));
      const { seq = 0, t = 0, s = 0, scenario = '' } = events[at] ?? {};
      const recalled: HistoryEvent = {
        ...{ seq, t, s, scenario, arm: 'control' },
        ...{ type: 'control.recalled', run: 'earlier', recordedAt: '2026-11-20T10:00:00.000Z', events: then },
      };
      const others = events.filter((event) => !isControl(event));
      return [...others.slice(0, at), recalled, ...others.slice(at)].map((event, index) => ({ ...event, seq: index }));
    };
    const report = await judge(stream(recalling({})));
    expect(unmet(report.scenarios[0]?.checks)).toEqual({});
    expect(report.scenarios[0]?.checks.find(({ id }) => id === 'control-arm')?.message).toMatch(
      / \(recorded on 2026-11-20T10:00:00\.000Z, in run earlier\)$/,
    );
    // Its times are another run's.
    expect(report.scenarios[0]?.duration?.realMs).toBeLessThan(1e6);
    const healed = await judge(
      stream(recalling({ selfHealing: { afterS: 50, heal: (world) => (world.paused = false) } })),
    );
    expect(unmet(healed.scenarios[0]?.checks)).toEqual({
      'control-arm': expect.stringMatching(/^fail: recovery is not shown to be due to the procedure/) as string,
    });
    expect(Object.keys(unmet((await judge(stream(recalling({ controlS: 20 })))).scenarios[0]?.checks))).toEqual([
      'control-arm',
    ]);
  });

  test('a control arm that was not watched for as long as recovery took', async () => {
    expect(await unmetBy({ controlS: 20 })).toEqual({
      'control-arm': expect.stringMatching(
        /^inconclusive: the control arm was watched for 20\.5 s of sandbox time since the fault/,
      ) as string,
    });
  });

  test('a control arm that heals when its watch is nearly over: nobody knows', async () => {
    const healing: Recording = { selfHealing: { afterS: 100, heal: (world) => (world.paused = false) } };
    expect(await unmetBy(healing)).toEqual({
      'control-arm': expect.stringMatching(
        /^inconclusive: the control arm looked well when it ended, for (19|20) s; whether/,
      ) as string,
    });
  });

  test('a control arm that has healed and is unwell for a moment when its watch ends: nobody knows', async () => {
    const events = recordRun({ selfHealing: { afterS: 50, heal: (world) => (world.paused = false) }, controlS: 75 });
    const last = events.findLast(({ arm, type }) => arm === 'control' && type === 'sample');
    const relapsed = events.map((event) => {
      if (event !== last || event.type !== 'sample') return event;
      const [waiting, active, delayed, failed, paused, prioritized, , ...totals] = event.queues['mail'] ?? emptyRow;
      return {
        ...event,
        queues: {
          ...event.queues,
          mail: [waiting, active, delayed, failed, paused, prioritized, 1, ...totals] as QueueRow,
        },
      };
    });
    expect(await unmetOf(relapsed)).toEqual({
      'control-arm': expect.stringMatching(/^inconclusive: the control arm looked well 1 s before it ended/) as string,
    });
  });

  test('a control arm that looks well for as long as health has to last, but for what was sampled: nobody knows', async () => {
    const events = recordRun({ selfHealing: { afterS: 50, heal: (world) => (world.paused = false) }, controlS: 79.5 });
    const isControl = ({ arm }: HistoryEvent): boolean => arm === 'control';
    const at = events.findLastIndex((event) => isControl(event) && event.type === 'sample');
    const sample = events[at];
    const seen = events.findLast((event) => isControl(event) && event.type === 'containers');
    if (!sample || !seen) throw new Error('the recording is wrong');
    const later = (event: HistoryEvent): HistoryEvent => ({ ...event, t: event.t + 120, s: event.s + 1200 });
    const looked = [
      ...events.slice(0, at + 1),
      { ...seen, t: sample.t + 110, s: sample.s + 1100 },
      ...events.slice(at + 1).map(later),
    ];
    expect(await unmetOf(looked)).toEqual({
      'control-arm': expect.stringMatching(
        /^inconclusive: the control arm looked well when it ended, for 29(\.5)? s/,
      ) as string,
    });
  });

  test('a control arm without the diagnosis, which may be what cures', async () => {
    const events = recordRun().filter(
      (event) => !(event.arm === 'control' && event.type === 'procedure.ended' && event.address === diagnosis),
    );
    const { scenarios } = await judge(stream(events.map((event, seq) => ({ ...event, seq }))));
    expect(unmet(scenarios[0]?.checks)).toMatchObject({
      'control-arm': expect.stringMatching(/^inconclusive: the diagnosis was not run in the control arm/) as string,
    });
  });

  test('a control arm that was not watched for long enough after the recovery would have begun', async () => {
    const slow: Recording = {
      cure: () => undefined,
      whileSettling: (world, second) => (world.paused = second < 50),
      controlS: 76,
    };
    expect(await unmetBy(slow)).toEqual({});
    const late = recordRun(slow).flatMap((event): readonly HistoryEvent[] => {
      const begins = event.arm === 'control' && event.type === 'phase.started' && event.phase === 'recover';
      return begins ? [{ ...event, s: event.s + 15_000 }] : [event];
    });
    const { scenarios } = await judge(stream(late));
    expect(unmet(scenarios[0]?.checks)).toEqual({
      'control-arm': expect.stringMatching(
        /^inconclusive: the control arm was watched for 61 s of sandbox time since the recovery would have begun; after the treatment, 70\.5 s/,
      ) as string,
    });
    // A lesser remedy may need twice the procedure's time.
    const instead = pausedPlan.diagnosis;
    expect(await unmetBy({ ...slow, plan: { control: { enabled: true, instead } } })).toEqual({
      'control-arm': expect.stringMatching(
        /^inconclusive: .* 76 s .*; after the treatment, 121 s are needed/,
      ) as string,
    });
    expect(await unmetBy({ ...slow, plan: { control: { enabled: true, instead } }, controlS: 125 })).toEqual({});
  });

  test('a control arm on a machine that was too busy while it was watched', async () => {
    expect(await unmetBy({ controlPressure: 0.75 })).toEqual({});
    expect(await unmetBy({ controlPressure: 0.95 })).toEqual({
      'control-arm':
        'inconclusive: processes of this machine waited for a CPU 95 % of the time while the control arm was watched; what cures may only have been slower in it',
    });
    // What kept it busy before says nothing of the watch.
    const events = recordRun({ controlPressure: 0.95 });
    const begins = events.find(
      (event) => event.arm === 'control' && event.type === 'phase.started' && event.phase === 'recover',
    );
    const quietSince = begins?.t ?? NaN;
    const calm = events.map((event) =>
      event.type === 'pressure' && event.t > quietSince ? { ...event, waitedMs: quietSince } : event,
    );
    const { scenarios } = await judge(stream(calm));
    expect(unmet(scenarios[0]?.checks)).toEqual({});
  });

  test('thresholds that were loosened', async () => {
    const loose = [
      threshold('waiting', { text: '< 9000', max: { value: 9000, inclusive: false } }, 61),
      ...thresholds.slice(1),
    ];
    const report = await judgeRun({
      runbook: { thresholds: loose },
    });
    const check = report.checks.find(({ id }) => id === 'oracle');
    expect(check).toMatchObject({
      verdict: 'fail',
      message: 'the oracle moved: the normal range of `waiting` was loosened from < 1000 to < 9000',
      locations: [{ file, line: 61 }],
    });
    expect(report.exitCode).toBe(1);
  });

  test('thresholds that are gone or cannot be read', async () => {
    const odd = [threshold('waiting', { text: 'some' }, 61), ...thresholds.slice(2)];
    const report = await judgeRun({
      runbook: { thresholds: odd },
    });
    const check = report.checks.find(({ id }) => id === 'oracle');
    expect(check?.findings.map(({ message }) => message)).toEqual([
      'the normal range of `waiting` cannot be read: some',
      'the runbook no longer states a threshold for `active` (agreed: 1-50)',
    ]);
  });

  test('a section that is gone', async () => {
    const unbound = [{ selector: '3.2 > Solution', message: 'matches no block', location: { file, line: 1 } }];
    const report = await judgeRun({ plan: { unbound } });
    expect(report.scenarios[0]?.checks.map(({ id, verdict }) => [id, verdict])).toEqual([['binding', 'fail']]);
  });

  test('a procedure that kills jobs', async () => {
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

  test('a procedure that leaves jobs where they are', async () => {
    const jobs = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const };
    const left: Recording = { jobs: { queued: 2 }, drainS: 40 };
    const stayed =
      'fail: 2 jobs still queued when the fleet had done what it could, 0 allowed: late-0 of mail, late-1 of mail';
    expect(await unmetBy(left)).toEqual({ ledger: stayed });
    expect(await unmetBy({ ...left, plan: { jobs: { ...jobs, queued: 1 } } })).toHaveProperty('ledger');
    expect(await unmetBy({ ...left, plan: { jobs: { ...jobs, queued: 2 } } })).toEqual({});
    // Some will be tried again by themselves, later than was waited: a scenario may allow them, and nothing else by that.
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
    // A fleet that is not yet through may still do them.
    expect(await unmetBy({ ...left, drainS: 5 })).toEqual({
      ledger: expect.stringMatching(
        /^inconclusive: 2 jobs still queued, 0 allowed, and the fleet was still at work/,
      ) as string,
    });
  });

  test('jobs that a machine which is too busy may have failed by itself, and what no machine does', async () => {
    const pressure = 0.95;
    const busy = /^inconclusive: processes of this machine waited for a CPU 95 % of the time, so it proves nothing: /;
    const excused = expect.stringMatching(busy) as string;
    expect(await unmetBy({ jobs: { failed: 1 }, pressure })).toEqual({ ledger: excused });
    expect(await unmetBy({ jobs: { queued: 2 }, drainS: 40, pressure })).toEqual({ ledger: excused });
    expect(await unmetBy({ jobs: { failed: 1 }, pressure: 0.5 })).toHaveProperty(
      'ledger',
      expect.stringMatching(/^fail/),
    );
    expect(await unmetBy({ jobs: { failed: 1, lost: 1 }, pressure })).toEqual({
      ledger: 'fail: 1 job lost, 0 allowed: lost-0 of mail (and 1 more)',
    });
    const once = { jobs: { lost: 0, removed: 0, failed: 0, duplicates: 'effectively-once' as const } };
    const twice = { ledger: 'fail: 1 job done more than once, 0 allowed: twice-0 of mail' };
    expect(await unmetBy({ plan: once, jobs: { duplicated: 1, stalled: 1 }, pressure })).toEqual({ ledger: excused });
    expect(await unmetBy({ plan: once, jobs: { duplicated: 1, stalled: 1 } })).toEqual(twice);
    expect(await unmetBy({ plan: once, jobs: { duplicated: 1 }, pressure })).toEqual(twice);
  });

  test('only the time counts in which something has to come in time', async () => {
    const events = recordRun({ jobs: { failed: 1 }, pressure: 0.95, drainS: 400 });
    const settled = events.find(
      ({ type, ...event }) => type === 'phase.ended' && 'phase' in event && event.phase === 'settle',
    );
    const quietSince = settled?.t ?? 0;
    const rested = events.map((event) =>
      event.type === 'pressure' && event.t > quietSince ? { ...event, waitedMs: quietSince * 0.95 } : event,
    );
    const report = await judge(stream(rested));
    expect(unmet(report.scenarios[0]?.checks)).toEqual({
      ledger: expect.stringMatching(/^inconclusive: processes of this machine waited/) as string,
    });
  });

  test('jobs of the queues that were hit fail after all, where others may', async () => {
    const jobs = { lost: 0, removed: 0, failed: 9, duplicates: 'at-least-once' as const };
    const health = { queues: ['mail'], services: [], sustainMs: 30_000, withinMs: 60_000, wedgeGraceMs: 30_000 };
    expect(await unmetBy({ jobs: { failed: 1 }, plan: { jobs, health } })).toEqual({});
    expect(await unmetBy({ jobs: { failed: 1 }, plan: { jobs, health: { ...health, failed: 1 } } })).toEqual({});
    expect(await unmetBy({ jobs: { failed: 1 }, plan: { jobs, health: { ...health, failed: 0 } } })).toEqual({
      ledger: 'fail: 1 job of the affected queues failed for good, 0 allowed: failed-0 of mail',
    });
  });

  test('a procedure that adds jobs of its own', async () => {
    const jobs = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const };
    expect(await unmetBy({ jobs: { added: 2 } })).toEqual({
      ledger: 'fail: 2 jobs appeared that the load had not enqueued, 0 allowed: strange-0 of mail, strange-1 of mail',
    });
    expect(await unmetBy({ jobs: { added: 2 }, plan: { jobs: { ...jobs, added: 2 } } })).toEqual({});
  });

  /** A job that is enqueued in `mail`, and heard of in `rest`. */
  const moved = (event: HistoryEvent): readonly HistoryEvent[] => [
    { ...event, type: 'enqueued', queue: 'mail', ids: ['stray'] },
    { ...event, type: 'outcomes', queue: 'rest', completed: ['stray'], failed: [], stalled: [], removed: [] },
    event,
  ];
  const ledgerOf = async (events: readonly HistoryEvent[]) => {
    const { scenarios } = await judge(stream(events.map((event, seq) => ({ ...event, seq }))));
    return { ...unmet(scenarios[0]?.checks), moved: scenarios[0]?.ledger?.moved };
  };

  test('a procedure that takes jobs to another queue', async () => {
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

  test('a procedure that has delayed jobs done before they are due', async () => {
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

  test('a procedure that changes what jobs are about', async () => {
    const contract = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const };
    const done = (altered: readonly string[], jobs: ScenarioPlan['jobs'] = contract) =>
      ledgerOf(
        recordRun({ plan: { jobs } }).map((event) => (event.type === 'effects' ? { ...event, altered } : event)),
      );
    const effects = recordRun().find((event) => event.type === 'effects');
    const [job = 'none'] = effects?.once ?? [];
    expect(await done([job])).toEqual({
      ledger: `fail: 1 job done with a changed name, payload or number of attempts, 0 allowed: ${job} of mail`,
      moved: 0,
    });
    expect(await done([job], { ...contract, altered: 1 })).toEqual({ moved: 0 });
    expect(await done([])).toEqual({ moved: 0 });
  });

  test('a fleet that takes its jobs from queue to queue under one id', async () => {
    const events = recordRun().flatMap((event) => {
      if (event.type === 'effects') return [{ ...event, once: [...event.once, 'stray'] }];
      return event.type === 'phase.started' && event.phase === 'baseline' ? moved(event) : [event];
    });
    expect(await ledgerOf(events)).toEqual({ moved: 0 });
  });

  test('a fleet that makes jobs of its own, of which nobody can say whose they are', async () => {
    const events = recordRun({ jobs: { added: 2 } }).flatMap((event): readonly HistoryEvent[] =>
      event.type === 'phase.started' && event.phase === 'baseline'
        ? [
            event,
            { ...event, type: 'outcomes', queue: 'mail', completed: ['child'], failed: [], stalled: [], removed: [] },
          ]
        : [event],
    );
    const { scenarios } = await judge(stream(events.map((event, seq) => ({ ...event, seq }))));
    expect(unmet(scenarios[0]?.checks)).toEqual({});
    expect(scenarios[0]?.ledger).toMatchObject({ added: 0 });
  });

  test('a job of the arm before, which a worker finishes late', async () => {
    const events = recordRun().flatMap((event): readonly HistoryEvent[] =>
      event.type === 'effects' ? [{ ...event, once: [...event.once, 'queue-paused-control-7'] }] : [event],
    );
    const { scenarios } = await judge(stream(events));
    expect(unmet(scenarios[0]?.checks)).toEqual({});
  });

  test('jobs done twice, where the contract says effectively once', async () => {
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

  test('workers that look alive and take nothing', async () => {
    const wedge: Recording = {
      cure: (world) => {
        world.paused = false;
        world.takes = false;
      },
    };
    expect(await unmetBy(wedge)).toMatchObject({
      'no-wedge': expect.stringMatching(/^fail: the queue mail had \d+ waiting and took none for/) as string,
    });
  });

  test('workers that stop taking jobs when the watch on recovery is nearly over', async () => {
    const late: Recording = { whileSettling: (world, second) => (world.takes = second < 80), drainS: 60 };
    expect(await unmetBy(late)).toEqual({
      'no-wedge': expect.stringMatching(/^fail: the queue mail had \d+ waiting and took none for 7\d/) as string,
    });
    expect(await unmetBy({ drainS: 60 })).toEqual({});
  });

  test('a history that is cut off, wherever it is', async () => {
    const events = recordRun();
    for (let share = 1; share < 20; share += 1) {
      const report = await judge(stream(events.slice(0, Math.ceil((events.length * share) / 20))));
      expect(report.verdict, `${share * 5} %`).toBe('inconclusive');
      expect(unmet(report.checks)['whole-run']).toMatch(
        /^inconclusive: the history ends ((in|after) phase|before its first phase)/,
      );
    }
  });

  test('Redis gone when it is to be judged', async () => {
    const report = await judgeRun({ whileSettling: (world, second) => (world.redisUp = second < 20) });
    expect(unmet(report.scenarios[0]?.checks)).toMatchObject({
      recovered: expect.stringMatching(/^inconclusive: .*Redis did not answer/) as string,
    });
    expect(report.verdict).toBe('inconclusive');
  });

  test('a diagnosis that looks past the fault', async () => {
    expect(await unmetBy({ diagnosisOutput: 'all is well' })).toEqual({
      'shows:3.2 > Diagnosis > bash[1]': 'fail: does not show the paused queue: nothing matches /paused: mail/',
    });
  });
});

describe('commands', () => {
  const check = async (recording: Recording): Promise<string | undefined> =>
    (await unmetBy(recording))['recovery:3.2 > Solution > bash[1]'];

  test.each<{ readonly what: string; readonly command: object; readonly says: string | undefined }>([
    { what: 'a condition may fail', command: { role: 'condition', exitCode: 1 }, says: undefined },
    {
      what: 'a member of a pipeline may not',
      command: { pipeIndex: 0, intoPipe: true, exitCode: 2 },
      says: 'fail: `docker compose ps` failed with 2',
    },
    {
      what: 'unless nobody listens any more',
      command: { pipeIndex: 0, intoPipe: true, exitCode: 141 },
      says: undefined,
    },
    {
      what: 'or it is a grep that found nothing',
      command: { text: 'grep -E Error', pipeIndex: 1, intoPipe: true, exitCode: 1 },
      says: undefined,
    },
    {
      what: 'a grep at the end is a command like any other',
      command: { text: 'grep worker', pipeIndex: 1, exitCode: 1 },
      says: 'fail: `grep worker` failed with 1',
    },
    {
      what: 'what was ended by force',
      command: { text: 'docker compose logs -f', exitCode: null, cut: true },
      says: 'fail: `docker compose logs -f` had to be stopped by force',
    },
    {
      what: 'an exit code that nobody saw proves nothing',
      command: { exitCode: null },
      says: 'inconclusive: the exit code of `docker compose ps` could not be observed',
    },
  ])('$what', async ({ command, says }) => {
    const said = await check({ commands: [command] });
    expect(said?.replace(', and the block still ended with 0', '')).toBe(says);
  });

  test.each<{ readonly what: string; readonly procedure: object; readonly says: RegExp }>([
    {
      what: 'a block with an exit code of its own',
      procedure: { exitCode: 3 },
      says: /^fail: the block ended with 3$/,
    },
    {
      what: 'a block that was cut',
      procedure: { ended: 'cut', exitCode: null, durationMs: 60_000 },
      says: /^fail: the block was stopped after 60 s/,
    },
    {
      what: 'a question that nobody answers',
      procedure: { ended: 'unanswered-prompt', exitCode: null },
      says: /^fail: it waits for an answer/,
    },
    {
      what: 'a placeholder that nothing fills',
      procedure: { unfilled: ['<queue>'] },
      says: /^fail: nothing fills <queue>$/,
    },
    {
      what: 'tracing switched off',
      procedure: { traced: false },
      says: /^inconclusive: the block switched off the tracing/,
    },
    {
      what: 'the operator lost',
      procedure: { ended: 'operator-lost', exitCode: null },
      says: /^inconclusive: the operator was lost/,
    },
  ])('$what', async ({ procedure, says }) => {
    expect(await check({ procedure })).toMatch(says);
  });

  describe('what still ran when its block was ended', () => {
    const failed = { text: 'docker compose ps', exitCode: 1 };
    const running = { text: 'docker compose restart worker-mail', exitCode: null, cut: true, durationMs: null };
    const ended = (why: ProcedureEnded['ended']): Recording => ({
      commands: [running],
      procedure: { ended: why, exitCode: null, durationMs: 60_000 },
    });

    test('its time limit was up', async () => {
      const late =
        '`docker compose restart worker-mail` still ran when the block was stopped after 60 s of real time, its time limit';
      expect(await check(ended('cut'))).toBe(`fail: ${late}`);
      expect(await check({ ...ended('cut'), pressure: 0.95 })).toBe(
        `inconclusive: processes of this machine waited for a CPU 95 % of the time, so it proves nothing: ${late}`,
      );
      expect(await check({ ...ended('cut'), pressure: 0.95, commands: [failed, running] })).toMatch(
        /^fail: `docker compose ps` failed with 1/,
      );
    });

    test('somebody interrupted it, its operator was lost, or it asked what nobody answers', async () => {
      expect(await check(ended('interrupted'))).toBe('inconclusive: it was interrupted');
      expect(await check(ended('operator-lost'))).toBe('inconclusive: the operator was lost while it ran');
      expect(await check(ended('unanswered-prompt'))).toMatch(/^fail: it waits for an answer/);
    });
  });
});

test('an exit status that the runbook announces is no failure, another one is', async () => {
  const usage = { commands: [{ text: 'exit 1', exitCode: 1 }], procedure: { exitCode: 1 } };
  expect(await unmetBy({ ...usage, expectExit: 1 })).toEqual({});
  expect(await unmetBy({ procedure: { exitCode: 0 }, expectExit: 1 })).toEqual({
    'recovery:3.2 > Solution > bash[1]': 'fail: the block ended with 0; it should end with 1',
  });
});

test('an interrupted run ends with 130 and says so', async () => {
  const events = recordRun().slice(0, 60);
  const last = events.at(-1);
  const interrupted: HistoryEvent = {
    seq: 60,
    t: last?.t ?? 0,
    s: last?.s ?? 0,
    type: 'interrupted',
    reason: 'interrupted by SIGINT',
  };
  const report = await judge(stream([...events, interrupted]));
  expect(report).toMatchObject({ exitCode: 130, interrupted: 'interrupted by SIGINT', verdict: 'inconclusive' });
});

/** The beginning of a run, up to where its fleet starts, and whatever comes then. */
function beginning(...rest: readonly EventBody[]): AsyncGenerator<HistoryEvent> {
  const [started] = recordRun();
  if (!started) throw new Error('a recorded run has a first event');
  const bodies: readonly EventBody[] = [
    { type: 'phase.started', phase: 'load' },
    { type: 'phase.ended', phase: 'load', outcome: 'done' },
    { type: 'phase.started', phase: 'start' },
    ...rest,
  ];
  return stream([
    started,
    ...bodies.map((body, index) => ({ seq: index + 1, t: index, s: started.s + index, ...body })),
  ]);
}

describe('a run that did not get to its end says where', () => {
  const failed: EventBody = { type: 'phase.ended', phase: 'start', outcome: 'failed', message: 'no image' };
  const done: EventBody = { type: 'phase.ended', phase: 'start', outcome: 'done' };
  const teardown: EventBody = { type: 'phase.started', phase: 'teardown' };
  const rest: readonly EventBody[] = [
    teardown,
    { type: 'phase.ended', phase: 'teardown', outcome: 'done' },
    { type: 'phase.started', phase: 'judge' },
    { type: 'run.ended', leftovers: [] },
  ];
  test.each<{ readonly what: string; readonly events: readonly EventBody[]; readonly says: string }>([
    { what: 'died while it started', events: [], says: 'the history ends in phase `start`, before the run did' },
    { what: 'died after it', events: [done], says: 'the history ends after phase `start`, before the run did' },
    {
      what: 'died in teardown',
      events: [done, teardown],
      says: 'the history ends in phase `teardown`, before the run did',
    },
    {
      what: 'died as it was to be judged',
      events: [done, ...rest.slice(0, 3)],
      says: 'the history ends in phase `judge`, before the run did',
    },
    {
      what: 'broke, and was torn down',
      events: [failed, { type: 'broken', reason: 'no image' }, ...rest],
      says: 'the run broke off in phase `start`: no image',
    },
    {
      what: 'broke, and died in teardown',
      events: [failed, { type: 'broken', reason: 'no image' }, teardown],
      says: 'the run broke off in phase `start`: no image',
    },
    {
      what: 'was interrupted, and torn down',
      events: [
        { type: 'phase.ended', phase: 'start', outcome: 'interrupted' },
        { type: 'interrupted', reason: 'SIGINT' },
        ...rest,
      ],
      says: 'the run was interrupted in phase `start`: SIGINT',
    },
    { what: 'had nothing to do', events: [done, ...rest], says: 'no scenario was run' },
  ])('it $what', async ({ events, says }) => {
    const report = await judge(beginning(...events));
    expect(unmet(report.checks)['whole-run']).toBe(`inconclusive: ${says}`);
    expect(report.verdict).toBe('inconclusive');
    expect(runReportSchema.parse(report)).toEqual(report);
  });

  test('what failed in the arm in which it broke off proves nothing, before it and after', async () => {
    const events = recordRun({ commands: [{ exitCode: 1, output: 'Cannot connect to the Docker daemon' }] });
    const failing = await judge(stream(events));
    expect(failing.verdict).toBe('fail');
    const at = events.findIndex(({ type }) => type === 'procedure.ended');
    const broken = { type: 'broken', reason: 'the Docker engine went away' } as const;
    const { t, s } = events[at] ?? { t: 0, s: 0 };
    const moved = [
      ...events.slice(0, at),
      { seq: at, t, s, ...broken },
      ...events.slice(at).map((event) => ({ ...event, seq: event.seq + 1 })),
    ];
    const report = await judge(stream(moved));
    expect(Object.values(unmet(report.scenarios[0]?.checks ?? []))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^inconclusive: the run broke off meanwhile, so it proves nothing: /),
      ]),
    );
    expect(report.verdict).toBe('inconclusive');
  });

  test('what failed in the arm that was interrupted proves nothing either', async () => {
    const events = recordRun({ commands: [{ exitCode: 1 }] }).map((event) =>
      event.type === 'phase.ended' && event.arm === 'treatment' && event.phase === 'recover'
        ? { ...event, outcome: 'interrupted' as const }
        : event,
    );
    const report = await judge(stream(events));
    expect(unmet(report.scenarios[0]?.checks)['recovery:3.2 > Solution > bash[1]']).toMatch(
      /^inconclusive: the run broke off meanwhile, so it proves nothing: `docker compose ps` failed with 1/,
    );
    expect(report.verdict).toBe('inconclusive');
  });

  test('what could not be torn down is told once', async () => {
    const left: EventBody = { type: 'phase.ended', phase: 'teardown', outcome: 'failed', message: 'a network' };
    const whole = recordRun().slice(0, -1);
    const bodies: readonly EventBody[] = [teardown, left, { type: 'run.ended', leftovers: ['a network'] }];
    const events = bodies.map((body, index) => ({ seq: whole.length + index, t: 1e6, s: 1e6, ...body }));
    const report = await judge(stream([...whole, ...events]));
    expect(unmet(report.checks)).toEqual({ teardown: 'inconclusive: not removed: a network' });
  });
});

test('sections that nothing ran are not covered', async () => {
  const { coverage } = await judgeRun({
    plan: { unbound: [{ selector: 'x', message: 'y', location: { file, line: 1 } }] },
  });
  expect(coverage).toMatchObject([{ number: '3.2', covered: true }]);
});

describe('what the wall met', () => {
  const commands = [
    { text: 'docker compose ps', startedMs: 0, durationMs: 5, location: { file, line: 31 } },
    { text: 'docker kill other', startedMs: 300, durationMs: 20, location: { file, line: 32 } },
  ];
  // The block lasts as long as its commands; what is met lies within one of them.
  const procedure = { durationMs: 50 };
  const met = (recording: Recording): Promise<Check | undefined> =>
    judgeRun({ procedure, ...recording }).then(({ scenarios }) =>
      scenarios[0]?.checks.find(({ id }) => id === 'walls'),
    );
  const step = (refused: readonly { readonly source: string; readonly flags: string }[]): Recording['plan'] => ({
    recovery: [{ address: '3.2 > Solution > bash[1]', location: { file, line: 30 }, shows: [], args: [], refused }],
  });

  test('nothing', async () => {
    expect(await met({})).toMatchObject({
      verdict: 'pass',
      message: 'no procedure tried to reach beyond its sandbox',
    });
  });

  test('an attempt fails the scenario, on the line of the command that ran then, once', async () => {
    const wall = [
      { atMs: 41, attempt: 'reach the container other' },
      { atMs: 42, attempt: 'reach the container other' },
    ];
    const near = [
      { ...commands[0], durationMs: 2 },
      { ...commands[1], startedMs: 40, durationMs: 8 },
    ];
    expect(await met({ wall, commands: near })).toMatchObject({
      verdict: 'fail',
      findings: [{ message: 'tried to reach the container other', location: { file, line: 32 } }],
    });
  });

  test('the line is of the command that ran, also where the next began right after it', async () => {
    const wall = [{ atMs: 18, attempt: 'pull x' }];
    const close = [
      { ...commands[0], durationMs: 20 },
      { ...commands[1], startedMs: 21, durationMs: 20 },
    ];
    expect(await met({ wall, commands: close })).toMatchObject({
      findings: [{ location: { file, line: 31 } }],
    });
  });

  test('an attempt that no command can be blamed for stands on the block', async () => {
    const wall = [{ atMs: 45, attempt: 'pull x' }];
    expect(await met({ wall, commands: [] })).toMatchObject({
      verdict: 'fail',
      findings: [{ message: 'tried to pull x', location: { file, line: 30 } }],
    });
  });

  test('what is expected passes; what is expected beside it and does not come fails', async () => {
    const wall = [{ atMs: 45, attempt: 'pull x' }];
    expect(await met({ wall, plan: { ...step([{ source: '^PULL', flags: 'ig' }]) } })).toMatchObject({
      verdict: 'pass',
      message: '1 attempt to reach beyond the sandbox refused, as expected',
    });
    const both = step([
      { source: 'pull', flags: '' },
      { source: 'push', flags: 'i' },
    ]);
    expect(await met({ wall, plan: { ...both } })).toMatchObject({
      verdict: 'fail',
      findings: [
        { message: 'expected to be refused: /push/i; the wall refused nothing like it', location: { file, line: 30 } },
      ],
    });
    expect(await met({ wall, plan: { ...step([{ source: 'push', flags: '' }]) } })).toMatchObject({
      verdict: 'fail',
      findings: [{ message: 'tried to pull x' }, { message: expect.stringContaining('/push/') as string }],
    });
  });

  test('an order to what Drillbook measures with is no attempt', async () => {
    expect(await met({ wall: [{ atMs: 45, attempt: 'kill external-apis', outcome: 'spared' }] })).toMatchObject({
      verdict: 'pass',
    });
  });
});
