import { expect, test } from 'vitest';

import type { HistoryEvent, QueueRow } from '../../history/events.ts';
import { judgeEvents, unmet, unmetBy, unmetOf } from '../testing/judge-recording.ts';
import { diagnosis, pausedPlan, recordRun, type Recording } from '../testing/record-run.ts';

/** A queue without anything. */
const emptyRow: QueueRow = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

test('fails when the fleet heals by itself', async () => {
  const healing: Recording = { selfHealing: { afterS: 50, heal: (world) => (world.paused = false) } };
  expect(await unmetBy(healing)).toEqual({
    'control-arm': expect.stringMatching(
      /^fail: recovery is not shown to be due to the procedure: without it the fleet was healthy again 50\.5 s after/,
    ) as string,
  });
});

test('judges a control arm of an earlier run like any other, and names that run', async () => {
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
  const report = await judgeEvents(recalling({}));
  expect(unmet(report.scenarios[0]?.checks)).toEqual({});
  expect(report.scenarios[0]?.checks.find(({ id }) => id === 'control-arm')?.message).toMatch(
    / \(recorded on 2026-11-20T10:00:00\.000Z, in run earlier\)$/,
  );
  // Its times belong to the other run.
  expect(report.scenarios[0]?.duration?.realMs).toBeLessThan(1e6);
  const healed = await judgeEvents(recalling({ selfHealing: { afterS: 50, heal: (world) => (world.paused = false) } }));
  expect(unmet(healed.scenarios[0]?.checks)).toEqual({
    'control-arm': expect.stringMatching(/^fail: recovery is not shown to be due to the procedure/) as string,
  });
  expect(Object.keys(unmet((await judgeEvents(recalling({ controlS: 20 }))).scenarios[0]?.checks))).toEqual([
    'control-arm',
  ]);
});

test('is inconclusive when the control arm was not watched for as long as recovery took', async () => {
  expect(await unmetBy({ controlS: 20 })).toEqual({
    'control-arm': expect.stringMatching(
      /^inconclusive: the control arm was watched for 20\.5 s of sandbox time since the fault/,
    ) as string,
  });
});

test('is inconclusive when the control arm heals shortly before its watch ends', async () => {
  const healing: Recording = { selfHealing: { afterS: 100, heal: (world) => (world.paused = false) } };
  expect(await unmetBy(healing)).toEqual({
    'control-arm': expect.stringMatching(
      /^inconclusive: the control arm looked well when it ended, for (19|20) s; whether/,
    ) as string,
  });
});

test('is inconclusive when the control arm has healed but looks unhealthy for a moment as its watch ends', async () => {
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

test('is inconclusive when the control arm looks well nearly as long as health has to last', async () => {
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

test('is inconclusive when the control arm lacks the diagnosis, which may be what cures', async () => {
  const events = recordRun().filter(
    (event) => !(event.arm === 'control' && event.type === 'procedure.ended' && event.address === diagnosis),
  );
  const { scenarios } = await judgeEvents(events);
  expect(unmet(scenarios[0]?.checks)).toMatchObject({
    'control-arm': expect.stringMatching(/^inconclusive: the diagnosis was not run in the control arm/) as string,
  });
});

test('is inconclusive when the control arm was not watched for long enough after the recovery would have begun', async () => {
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
  const { scenarios } = await judgeEvents(late);
  expect(unmet(scenarios[0]?.checks)).toEqual({
    'control-arm': expect.stringMatching(
      /^inconclusive: the control arm was watched for 61 s of sandbox time since the recovery would have begun; after the treatment, 70\.5 s/,
    ) as string,
  });
  // A lesser remedy may need twice as long as the procedure.
  const instead = pausedPlan.diagnosis;
  expect(await unmetBy({ ...slow, plan: { control: { enabled: true, instead } } })).toEqual({
    'control-arm': expect.stringMatching(/^inconclusive: .* 76 s .*; after the treatment, 121 s are needed/) as string,
  });
  expect(await unmetBy({ ...slow, plan: { control: { enabled: true, instead } }, controlS: 125 })).toEqual({});
});

test('is inconclusive when the machine was too busy while the control arm was watched', async () => {
  expect(await unmetBy({ controlPressure: 0.75 })).toEqual({});
  expect(await unmetBy({ controlPressure: 0.95 })).toEqual({
    'control-arm':
      'inconclusive: processes of this machine waited for a CPU 95 % of the time while the control arm was watched; what cures may only have been slower in it',
  });
  // Being busy before the watch does not matter.
  const events = recordRun({ controlPressure: 0.95 });
  const begins = events.find(
    (event) => event.arm === 'control' && event.type === 'phase.started' && event.phase === 'recover',
  );
  const quietSince = begins?.t ?? NaN;
  const calm = events.map((event) =>
    event.type === 'pressure' && event.t > quietSince ? { ...event, waitedMs: quietSince } : event,
  );
  const { scenarios } = await judgeEvents(calm);
  expect(unmet(scenarios[0]?.checks)).toEqual({});
});

test('is inconclusive when the control arm was not sampled to its end', async () => {
  const events = recordRun();
  const isSample = ({ arm, type }: HistoryEvent): boolean => arm === 'control' && type === 'sample';
  const lastS = events.findLast(isSample)?.s ?? 0;
  const dark = events.filter((event) => !(isSample(event) && event.s > lastS - 10_000));
  expect(await unmetOf(dark)).toEqual({
    'control-arm': expect.stringMatching(/^inconclusive: how the control arm ended is not known/) as string,
  });
});
