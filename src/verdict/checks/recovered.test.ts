import { describe, expect, test } from 'vitest';

import { checkOf, checksOf, judgeRun, nothing, unmet, unmetBy } from '../testing/judge-recording.ts';
import { pausedPlan, type Recording, type World } from '../testing/record-run.ts';

test('fails when the procedure does nothing', async () => {
  expect(await unmetBy({ cure: nothing })).toMatchObject({
    recovered: 'fail: not healthy within 60 s: the queue mail is paused',
  });
});

test('fails when the cure comes too late', async () => {
  const late: Recording = { cure: nothing, whileSettling: (world, second) => (world.paused &&= second < 61) };
  expect(await unmetBy(late)).toMatchObject({
    recovered: expect.stringMatching(/^fail: healthy only 61\.5 s .* 1 s too late$/) as string,
  });
});

test('fails when health does not last', async () => {
  const relapse: Recording = {
    whileSettling: (world, second) => (world.paused = second % 25 === 0),
    cure: (world) => (world.paused = false),
  };
  expect(await unmetBy(relapse)).toMatchObject({
    recovered: expect.stringMatching(/^fail: .*health lasted 23 s at best, 30 s are needed/) as string,
  });
});

test('fails when the fleet is idle for longer than happens by chance', async () => {
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

test('fails when a queue completes some jobs and is then stuck again, even with few jobs', async () => {
  const stuck: Recording = {
    cure: (world) => (world.paused = false),
    whileSettling: (world, second) => (world.takes = second < 6),
  };
  expect(await unmetBy(stuck)).toMatchObject({
    recovered: 'fail: not healthy within 60 s: the queue mail had work and completed none of it for 20 s',
  });
});

test('is inconclusive when Redis is gone at the end of the watch', async () => {
  const report = await judgeRun({ whileSettling: (world, second) => (world.redisUp = second < 20) });
  expect(unmet(report.scenarios[0]?.checks)).toMatchObject({
    recovered: expect.stringMatching(/^inconclusive: .*Redis did not answer/) as string,
  });
  expect(report.verdict).toBe('inconclusive');
});

test('fails when Redis is gone because an affected service is down', async () => {
  const health = { ...pausedPlan.health, services: ['worker-mail'] };
  const whileSettling: Recording['whileSettling'] = (world, second) => {
    if (second === 20) [world.redisUp, world.workerState] = [false, 'exited'];
  };
  expect(await unmetBy({ plan: { health }, whileSettling })).toMatchObject({
    recovered: expect.stringMatching(/^fail: .*worker-mail is exited/) as string,
  });
});

test('a control arm without Redis is broken if an affected service is down, and unknown otherwise', async () => {
  const health = { ...pausedPlan.health, services: ['worker-mail'] };
  const without = (workerState: string): Recording => ({
    plan: { health },
    selfHealing: { afterS: 1, heal: (world) => void ([world.redisUp, world.workerState] = [false, workerState]) },
  });
  expect(await checkOf('control-arm', without('exited'))).toBe('pass');
  expect(await checkOf('control-arm', without('running'))).toMatch(/^inconclusive: .*Redis did not answer/);
});

describe('jobs among the failed', () => {
  const health = {
    queues: ['mail'],
    services: [],
    sustainMs: 30_000,
    withinMs: 60_000,
    wedgeGraceMs: 30_000,
    failed: 0,
  };
  const leaveFailed = (world: World): void => void ((world.paused = false), (world.failed = 3));

  test('keep a queue from being healthy if the scenario allows none', async () => {
    expect(await checkOf('recovered', { plan: { health }, cure: leaveFailed })).toBe(
      'fail: not healthy within 60 s: 3 jobs of mail are among the failed',
    );
  });

  test('do not matter if the scenario allows as many, or sets no limit', async () => {
    const { failed: _, ...silent } = health;
    for (const allowed of [{ ...health, failed: 3 }, silent])
      expect(await checkOf('recovered', { plan: { health: allowed }, cure: leaveFailed })).toBe('pass');
  });
});

test('jobs that are tried again and again keep a queue from being healthy if the scenario limits them', async () => {
  const health = { queues: ['mail'], services: [], sustainMs: 30_000, withinMs: 60_000, wedgeGraceMs: 30_000 };
  const cure = (world: World): void => void ((world.paused = false), (world.delayed = 3));
  expect(await checkOf('recovered', { plan: { health: { ...health, delayed: 2 } }, cure })).toBe(
    'fail: not healthy within 60 s: 3 jobs of mail are among the delayed',
  );
  for (const allowed of [{ ...health, delayed: 3 }, health])
    expect(await checkOf('recovered', { plan: { health: allowed }, cure })).toBe('pass');
});

describe('a fleet that heals by itself', () => {
  const plan = { recovery: [], selfHealing: true, control: { enabled: false, instead: [] } };

  test('needs no control arm, and passes when it is healthy again', async () => {
    const checks = await checksOf({ plan });
    expect(checks).toMatchObject({ recovered: 'pass', 'no-wedge': 'pass' });
    expect(Object.keys(checks)).not.toContain('control-arm');
  });

  test('fails when it does not heal', async () => {
    expect(await checkOf('recovered', { plan, cure: nothing })).toMatch(/^fail: .*mail is paused/);
  });
});
