import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { pollUntil } from '../src/kernel/poll-until.ts';
import { runReportSchema, type RunReport } from '../src/verdict/run-report.ts';
import { projectDir } from './support/run-drillbook.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { createSmallProject, type SmallProject } from './support/small-project.ts';

let project: SmallProject;
beforeAll(async () => void (project = await createSmallProject()));
afterAll(() => project[Symbol.asyncDispose]());

const drillbook = `'${process.execPath}' '${path.join(projectDir, 'bin/drillbook.mjs')}'`;
const codeFile = (): string => path.join(project.directory, 'exit-code');

async function newestReport(): Promise<RunReport> {
  const runs = path.join(project.directory, 'reports');
  const newest = (await readdir(runs)).toSorted().at(-1) ?? 'none';
  return runReportSchema.parse(JSON.parse(await readFile(path.join(runs, newest, 'report.json'), 'utf8')));
}

test('a reader that leaves after one line (`| head -1`) does not stop the run, and the exit code is that of the verdict', async () => {
  const script = `${drillbook} verify --only health 2>&1 | head -1; echo \${PIPESTATUS[0]} >exit-code`;
  const child = spawn('bash', ['-c', script], { cwd: project.directory, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await new Promise((resolve) => child.once('close', resolve));
  expect(printed).toMatch(/^.* load\n$/);
  expect(await readFile(codeFile(), 'utf8')).toBe('0\n');
  expect(await newestReport()).toMatchObject({ verdict: 'pass', leftovers: [] });
  expect(await sandboxObjects()).toEqual([]);
});

test.skipIf(!existsSync('/usr/bin/script'))(
  'a closed terminal interrupts the run, which heals, tears down, reports and exits with 130',
  async () => {
    // The kernel sends SIGHUP to the shell, and the shell passes it on to its job, as an interactive one does.
    const script = `trap 'kill -HUP $!' HUP\n${drillbook} verify --only worker-down &\nwait $!\nwait $!\necho $? >code.new\nmv code.new exit-code\n`;
    await rm(codeFile(), { force: true });
    await writeFile(path.join(project.directory, 'in-terminal.sh'), script);
    const terminal = spawn('script', ['--quiet', '--flush', '--command', 'exec bash in-terminal.sh', '/dev/null'], {
      cwd: project.directory,
      env: { ...process.env, SHELL: '/bin/sh', CI: '', NO_COLOR: '' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
    // If the test fails earlier, this ends the run.
    using _ = { [Symbol.dispose]: () => void terminal.kill('SIGKILL') };
    await pollUntil(() => shown.includes('settle'), { what: 'the phase settle', withinMs: 120_000 });
    // The terminal's window goes away.
    terminal.kill('SIGKILL');
    const before = performance.now();
    const code = await pollUntil(() => readFile(codeFile(), 'utf8'), {
      what: 'the end of the run',
      withinMs: 120_000,
    });
    expect(performance.now() - before).toBeLessThan(30_000);
    expect(code).toBe('130\n');
    expect(await newestReport()).toMatchObject({ exitCode: 130, interrupted: 'interrupted by SIGHUP', leftovers: [] });
    expect(await sandboxObjects()).toEqual([]);
  },
);
