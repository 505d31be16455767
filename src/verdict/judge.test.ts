import { expect, test } from 'vitest';

import type { HistoryEvent } from '../history/events.ts';
import { parseEvent } from '../history/parse-event.ts';
import { runReportSchema } from './run-report.ts';
import { judgeEvents, judgeRun, unmet } from './testing/judge-recording.ts';
import { file, recordRun, type Recording, type World } from './testing/record-run.ts';

test('passes a runbook that works, and times its recovery', async () => {
  const report = await judgeRun();
  expect(unmet([...report.checks, ...(report.scenarios[0]?.checks ?? [])])).toEqual({});
  expect(report).toMatchObject({ verdict: 'pass', exitCode: 0 });
  expect(report.scenarios[0]?.recovery?.sinceProcedure).toEqual({ realMs: 151, sandboxMs: 1510 });
  expect(runReportSchema.parse(report)).toEqual(report);
});

test('reports each change of a clock, and judges the rest as before', async () => {
  const change = {
    type: 'clock.changed',
    rate: 1,
    inMs: 20,
    lateMs: 3,
    scenario: 'queue-paused',
    arm: 'control',
  } as const;
  const recorded = recordRun();
  const place = recorded.findIndex(({ arm }) => arm === 'control') + 1;
  const { t = 0, s = 0 } = recorded[place] ?? {};
  const events = recorded.toSpliced(place, 0, { seq: 0, t, s, ...change }).map((event, seq) => ({ ...event, seq }));
  for (const event of events) expect(parseEvent(JSON.stringify(event))).toEqual({ event });
  const report = await judgeEvents(events);
  const sandbox = new Date(s).toISOString();
  expect(report.clockChanges).toEqual([
    { rate: 1, at: { realMs: Math.round(t + 20), sandbox }, scenario: 'queue-paused', arm: 'control' },
  ]);
  expect(report.notes).toEqual([expect.stringMatching(/clock of queue-paused .* 3 ms late/)]);
  const without = await judgeEvents(recorded);
  expect({ ...report, generatedAt: '', notes: [] }).toEqual({
    ...without,
    generatedAt: '',
    clockChanges: report.clockChanges,
  });
  expect(runReportSchema.parse(report)).toEqual(report);
});

test('a change of the clock without its rate is no event', () => {
  expect(parseEvent('{"seq":0,"t":0,"s":0,"type":"clock.changed","inMs":20}')).toHaveProperty('problem');
});

test('gives the same report twice, apart from its time stamp', async () => {
  const [first, second] = await Promise.all([judgeRun(), judgeRun()]);
  expect(JSON.stringify({ ...second, generatedAt: '' })).toBe(JSON.stringify({ ...first, generatedAt: '' }));
});

test('judges scenarios that ran at the same time as if each had run alone', async () => {
  // The worker and the Redis of the other sandbox are down at the end. That must not touch the first scenario.
  const dying = (world: World): void => void ((world.workerState = 'exited'), (world.redisUp = false));
  const recordings: readonly Recording[] = [{}, { plan: { id: 'other' }, cure: dying }];
  const [one = [], other = []] = recordings.map(recordRun);
  const begin = one.slice(0, 2);
  const middle = [...one.slice(2, -1), ...other.slice(2, -1)].toSorted((a, b) => a.t - b.t);
  const events = [...begin, ...middle, ...one.slice(-1)].map((event, seq) => ({ ...event, seq }));
  const report = await judgeEvents(events);
  const alone = await Promise.all(recordings.map(judgeRun));
  expect(report.scenarios).toEqual(alone.flatMap(({ scenarios }) => scenarios));
  expect(report.scenarios.map(({ verdict }) => verdict)).toEqual(['pass', 'fail']);
});

test('ends with exit code 130 when the run was interrupted', async () => {
  const events = recordRun().slice(0, 60);
  const last = events.at(-1);
  const interrupted: HistoryEvent = {
    seq: 60,
    t: last?.t ?? 0,
    s: last?.s ?? 0,
    type: 'interrupted',
    reason: 'interrupted by SIGINT',
  };
  const report = await judgeEvents([...events, interrupted]);
  expect(report).toMatchObject({ exitCode: 130, interrupted: 'interrupted by SIGINT', verdict: 'inconclusive' });
});

test('counts a section as covered only if its blocks ran', async () => {
  const { coverage } = await judgeRun({
    plan: { unbound: [{ selector: 'x', message: 'y', location: { file, line: 1 } }] },
  });
  expect(coverage).toMatchObject([{ number: '3.2', covered: true }]);
});
