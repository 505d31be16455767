import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readHistory } from '../src/history/reader.ts';
import { pollUntil, waitOut } from '../src/kernel/poll-until.ts';
import { runReportSchema } from '../src/verdict/run-report.ts';
import { startPrivateEngine, whyNoPrivateEngine, type PrivateEngine } from './support/private-engine.ts';
import { startDrillbook, unmet, type Started } from './support/run-drillbook.ts';
import { createSmallProject, type SmallProject } from './support/small-project.ts';

describe.skipIf(whyNoPrivateEngine)(`the engine is killed ${whyNoPrivateEngine ?? 'in the middle of a run'}`, () => {
  let engine: PrivateEngine;
  let project: SmallProject;
  beforeAll(async () => {
    engine = await startPrivateEngine();
    project = await createSmallProject();
  }, 120_000);
  afterAll(async () => {
    await project[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  });

  const start = (...args: string[]): Started =>
    startDrillbook(args, { cwd: project.directory, env: { DOCKER_HOST: engine.host }, prefix: engine.inItsNetwork });

  /** Ids of all containers, networks and volumes of sandboxes in the engine. */
  const left = async (): Promise<readonly string[]> => {
    const filter = ['--filter', 'label=io.drillbook.sandbox'];
    const lists = [
      ['ps', '-aq'],
      ['network', 'ls', '-q'],
      ['volume', 'ls', '-q'],
    ];
    return (await Promise.all(lists.map((list) => engine.docker(...list, ...filter)))).flatMap((text) =>
      text.split('\n').filter(Boolean),
    );
  };

  /** Judges the newest run: its history must be readable, and its verdict inconclusive. */
  const judgeNewest = async () => {
    const runs = path.join(project.directory, 'reports');
    const folder = path.join(runs, (await readdir(runs)).toSorted().at(-1) ?? 'none');
    let events = 0;
    for await (const _ of readHistory(path.join(folder, 'history.jsonl'))) events += 1;
    expect(events).toBeGreaterThan(0);
    const { code, stderr } = await start('judge', folder).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    return runReportSchema.parse(JSON.parse(await readFile(path.join(folder, 'report.json'), 'utf8')));
  };

  test.each([
    { phase: 'start', when: /real, .* start\n/ },
    { phase: 'recover', when: /treatment recover/ },
  ])('in `$phase`, for 2 s: the run exits with 70, leaves nothing, and fails no check', async ({ phase, when }) => {
    await using run = start('verify', '--only', 'worker-down');
    await pollUntil(() => when.test(run.seen()), { what: phase, withinMs: 120_000 });
    if (phase === 'start')
      await pollUntil(async () => (await left()).length > 3, { what: 'the first containers', withinMs: 30_000 });
    await engine.kill();
    await waitOut(2000);
    await engine.start();
    const { code, stdout, stderr } = await run.ended;
    expect(stderr).toMatch(/^drillbook: the Docker engine went away.*; start it again.* \[ENGINE_LOST\]$/m);
    expect(stderr).not.toMatch(/^ +at |Unhandled|\(node:/m);
    expect({ code, stdout }).toEqual({ code: 70, stdout: '' });
    expect(await left()).toEqual([]);
    const report = await judgeNewest();
    expect(unmet(report.checks)['whole-run']).toContain(`the run broke off in phase \`${phase}\``);
    for (const { checks } of report.scenarios) expect(checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  });

  test('in `settle`, for good: the run exits with 70 in time, and a run on the restarted engine clears up and passes', async () => {
    await using run = start('verify', '--only', 'worker-down');
    await pollUntil(() => run.seen().includes('control settle'), { what: 'the control arm', withinMs: 120_000 });
    await engine.kill();
    const killed = performance.now();
    const { code, stderr } = await run.ended;
    expect(performance.now() - killed).toBeLessThan(45_000);
    expect(stderr).toContain('[ENGINE_LOST]');
    expect(code).toBe(70);
    const report = await judgeNewest();
    expect(Object.keys(unmet(report.checks))).toEqual(['whole-run', 'teardown']);
    await engine.start();
    expect(await left()).not.toEqual([]);
    const next = await start('verify', '--only', 'health').ended;
    expect(next).toMatchObject({ code: 0, stderr: expect.stringContaining('of dead runs: ') as string });
    expect(await left()).toEqual([]);
  });
});
