import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { pollUntil, waitOut } from '../src/kernel/poll-until.ts';
import { runReportSchema, type RunReport } from '../src/verdict/run-report.ts';
import { projectDir, startDrillbook, type Outcome, type Started } from './support/run-drillbook.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { sampleTests } from './support/sample.ts';
import { createSmallProject, type SmallProject } from './support/small-project.ts';

let project: SmallProject;
beforeAll(async () => void (project = await createSmallProject()));
afterAll(() => project[Symbol.asyncDispose]());

const start = (scenario = 'worker-down', env: NodeJS.ProcessEnv = {}): Started =>
  startDrillbook(['verify', '--only', scenario], { cwd: project.directory, env });

/** A module in the command itself interrupts it at a moment that no other process could hit. */
const preload = (name: string): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--import ${path.join(projectDir, `test/preload/${name}.mjs`)}`,
});

const reach = (run: Started, when: RegExp): Promise<true> =>
  pollUntil(() => when.test(run.seen()), { what: String(when), withinMs: 120_000 });

const firstObject = (): Promise<boolean> =>
  pollUntil(async () => (await sandboxObjects()).length > 0, {
    what: 'the first container or network',
    withinMs: 30_000,
  });

/** The report and the files in the folder of a run. */
async function folderOf({
  stderr,
  stdout,
}: Outcome): Promise<{ readonly report: RunReport; readonly files: readonly string[] }> {
  const named = /^report: (.+)$/m.exec(stderr)?.[1];
  if (named === undefined) throw new Error(`no report\n${stdout}\n${stderr}`);
  const folder = path.join(project.directory, named);
  const report = runReportSchema.parse(JSON.parse(await readFile(path.join(folder, 'report.json'), 'utf8')));
  return { report, files: await readdir(folder) };
}

const once = [
  { phase: 'start', signal: 'SIGINT', logs: [] },
  { phase: 'baseline', signal: 'SIGINT', logs: ['redis.log'] },
  { phase: 'detect', signal: 'SIGTERM', logs: ['redis.log'] },
  { phase: 'recover', signal: 'SIGINT', logs: ['redis.log'] },
  { phase: 'account', signal: 'SIGHUP', logs: ['redis.log'] },
] as const;
const often = [
  { phase: 'start', when: /sandbox {2}start\n/, signals: ['SIGINT', 'SIGINT'] },
  { phase: 'settle', when: /treatment settle/, signals: ['SIGTERM', 'SIGINT', 'SIGINT', 'SIGHUP'] },
] as const;
const runs = sampleTests('interrupt', [
  ...once.map(({ phase }) => `once in ${phase}`),
  ...often.map(({ phase }) => `often in ${phase}`),
  'reports',
]);

test.for(once.filter(({ phase }) => runs(`once in ${phase}`)))(
  '$signal in $phase: the run heals, tears down, reports and exits with 130',
  async ({ phase, signal, logs }) => {
    await using run = start('worker-down', phase === 'account' ? preload('interrupt-in-account') : {});
    if (phase === 'start') {
      await reach(run, /sandbox {2}start\n/);
      await firstObject();
    } else if (phase !== 'account') await reach(run, new RegExp(`treatment ${phase}`));
    if (phase !== 'account') run.child.kill(signal);
    const outcome = await run.ended;
    const { report, files } = await folderOf(outcome);
    expect(report).toMatchObject({ exitCode: 130, interrupted: `interrupted by ${signal}`, leftovers: [] });
    // The symptoms of a killed worker show at once, so the signal can find the next phase.
    const reached = phase === 'detect' ? '(detect|diagnose)' : phase;
    expect(report.checks.find(({ id }) => id === 'whole-run')?.message).toMatch(new RegExp(`in phase \`${reached}\``));
    expect(files).toEqual(expect.arrayContaining([...logs]));
    expect(await sandboxObjects()).toEqual([]);
    expect(outcome.code).toBe(130);
  },
);

test.for(often.filter(({ phase }) => runs(`often in ${phase}`)))(
  '$signals in $phase, with Redis frozen: the run removes everything at once, reports and exits with 130',
  async ({ phase, when, signals }) => {
    await using run = start();
    await reach(run, when);
    if (phase === 'start') await firstObject();
    else await freezeRedis();
    const [first, ...more] = signals;
    run.child.kill(first);
    for (const signal of more) {
      // Two signals within half a second count as one: the terminal and the parent process both pass a Ctrl-C on.
      await waitOut(550);
      run.child.kill(signal);
    }
    const second = performance.now();
    const outcome = await run.ended;
    const { report, files } = await folderOf(outcome);
    expect(performance.now() - second).toBeLessThan(45_000);
    expect(report).toMatchObject({
      exitCode: 130,
      leftovers: expect.not.arrayContaining([expect.stringMatching(/sandbox/)]),
    });
    expect(files.filter((name) => name.endsWith('.log'))).toEqual([]);
    expect(await sandboxObjects()).toEqual([]);
    // A signal that arrives while Node already ends the process kills it.
    expect(outcome.code ?? run.child.signalCode).toBeOneOf([130, signals.at(-1)]);
  },
);

/** A graceful stop of the sandbox then takes its whole time limit. */
async function freezeRedis(): Promise<void> {
  const redis = (await sandboxObjects()).find((name) => name.endsWith('-redis-1'));
  await promisify(execFile)('docker', ['pause', redis ?? 'none']);
}

test.runIf(runs('reports'))(
  'SIGINT while the reports are written: all are written, and the run exits with 130',
  async () => {
    await using run = start('health', preload('interrupt-at-report'));
    const outcome = await run.ended;
    const { report, files } = await folderOf(outcome);
    expect(outcome.stderr).toContain('SIGINT');
    // The run itself was over, so its verdict stands.
    expect(report).toMatchObject({ verdict: 'pass', interrupted: null });
    expect(files).toEqual(expect.arrayContaining(['report.html', 'report.json', 'junit.xml', 'summary.md']));
    expect(await sandboxObjects()).toEqual([]);
    expect(outcome.code).toBe(130);
  },
);
