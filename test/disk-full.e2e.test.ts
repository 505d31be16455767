import { execFile } from 'node:child_process';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';

import { pollUntil } from '../src/kernel/poll-until.ts';
import { projectDir, runDrillbook, startDrillbook, unmet } from './support/run-drillbook.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { createSmallProject, type SmallProject } from './support/small-project.ts';

const run = promisify(execFile);
const whyNoMount =
  process.platform === 'linux' && process.getuid?.() === 0 ? undefined : 'only root on Linux can mount a tiny disk';

describe.skipIf(whyNoMount)(`the disk of the reports is full ${whyNoMount ?? 'in the middle of a run'}`, () => {
  let project: SmallProject;
  let reports = '';
  beforeAll(async () => {
    project = await createSmallProject();
    reports = path.join(project.directory, 'reports');
    await mkdir(reports);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'drillbook-test', reports]);
  });
  afterAll(async () => {
    await run('umount', ['--lazy', reports]);
    await project[Symbol.asyncDispose]();
  });

  const newest = async (): Promise<string> =>
    path.join(
      reports,
      (await readdir(reports))
        .filter((name) => name !== 'filler')
        .toSorted()
        .at(-1) ?? 'none',
    );
  const judge = async (folder: string) =>
    JSON.parse((await runDrillbook(['judge', folder, '--json'])).stdout) as Awaited<
      ReturnType<typeof import('../src/verdict/judge.ts').judge>
    >;

  test('during a procedure: the run stops at once with exit 70, leaves nothing, and its history can be judged', async () => {
    await using started = startDrillbook(['verify', '--only', 'worker-down'], { cwd: project.directory });
    await pollUntil(() => started.seen().includes('treatment recover'), { what: 'the recovery', withinMs: 120_000 });
    await fill(path.join(reports, 'filler'));
    const filled = performance.now();
    const { code, stdout, stderr } = await started.ended;
    expect(performance.now() - filled).toBeLessThan(30_000);
    expect(stderr).toMatch(
      /^drillbook: the history .* cannot be written: ENOSPC.*; free some disk space.* \[HISTORY_WRITE\]$/m,
    );
    expect(stderr).not.toMatch(/^ +at |Unhandled|\(node:/m);
    expect({ code, stdout }).toEqual({ code: 70, stdout: '' });
    expect(await sandboxObjects()).toEqual([]);

    const folder = await newest();
    const refused = await runDrillbook(['judge', folder]);
    expect(refused).toMatchObject({ code: 70, stderr: expect.stringMatching(/ENOSPC.*\[REPORT_WRITE\]/) as string });
    await rm(path.join(reports, 'filler'));
    const report = await judge(folder);
    expect(unmet(report.checks)['whole-run']).toMatch(
      /^inconclusive: the history (ends|is cut off) in phase `recover` of worker-down/,
    );
    expect(report.verdict).toBe('inconclusive');
  });

  test('before the reports: the run exits with 70, leaves no half-written report, and can be judged later', async () => {
    const preload = path.join(projectDir, 'test/preload/fill-disk-at-report.mjs');
    const env = { NODE_OPTIONS: `--import ${preload}` };
    const { code, stderr } = await runDrillbook(['verify', '--only', 'health'], { cwd: project.directory, env });
    expect(stderr).toMatch(
      /^drillbook: the report .*report\.json cannot be written: ENOSPC.*; .*"drillbook judge .* \[REPORT_WRITE\]$/m,
    );
    expect(code).toBe(70);
    expect(await sandboxObjects()).toEqual([]);
    const folder = await newest();
    expect((await readdir(folder)).filter((name) => /report|junit|summary/.test(name))).toEqual([]);
    await rm(path.join(reports, 'filler'));
    expect((await judge(folder)).verdict).toBe('pass');
  });
});

async function fill(file: string): Promise<void> {
  await using filler = await open(file, 'w');
  for (const size of [65_536, 512, 1]) {
    const isFull = (error: NodeJS.ErrnoException): boolean => {
      if (error.code !== 'ENOSPC') throw error;
      return true;
    };
    while (!(await filler.write(Buffer.alloc(size)).then(() => false, isFull)));
  }
}
