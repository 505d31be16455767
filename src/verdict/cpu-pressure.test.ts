import { expect, test } from 'vitest';

import { judgeEvents, nothing, unmet, unmetBy } from './testing/judge-recording.ts';
import { recordRun, type Recording } from './testing/record-run.ts';

test('a cure that comes too late fails, unless the machine was too busy', async () => {
  const late: Recording = { cure: nothing, whileSettling: (world, second) => (world.paused &&= second < 61) };
  expect(await unmetBy({ ...late, pressure: 0.95 })).toMatchObject({
    recovered: expect.stringMatching(
      /^inconclusive: processes of this machine waited for a CPU 95 % of the time, so it proves nothing: healthy only/,
    ) as string,
  });
  expect(await unmetBy({ ...late, pressure: 0.5 })).toMatchObject({
    recovered: expect.stringMatching(/^fail/) as string,
  });
  // A command that failed is not bound to time, so a busy machine is no excuse for it.
  const commands = [{ exitCode: 1 }];
  expect(await unmetBy({ commands, pressure: 0.95 })).toMatchObject({
    'recovery:3.2 > Solution > bash[1]': expect.stringMatching(/^fail/) as string,
  });
});

test('jobs may fail, stall or stay queued on a machine that is too busy, but none is lost', async () => {
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

test('counts only the time in which something has to happen in time', async () => {
  const events = recordRun({ jobs: { failed: 1 }, pressure: 0.95, drainS: 400 });
  const settled = events.find(
    ({ type, ...event }) => type === 'phase.ended' && 'phase' in event && event.phase === 'settle',
  );
  const quietSince = settled?.t ?? 0;
  const rested = events.map((event) =>
    event.type === 'pressure' && event.t > quietSince ? { ...event, waitedMs: quietSince * 0.95 } : event,
  );
  const report = await judgeEvents(rested);
  expect(unmet(report.scenarios[0]?.checks)).toEqual({
    ledger: expect.stringMatching(/^inconclusive: processes of this machine waited/) as string,
  });
});
