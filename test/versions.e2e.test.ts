import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

import { readHistory } from '../src/history/reader.ts';
import { versionsRecord } from '../src/series/run-versions.ts';
import { runReportSchema } from '../src/verdict/run-report.ts';
import { column } from '../src/record/timeline.ts';
import { projectDir, runDrillbook } from './support/run-drillbook.ts';
import { createSmallProject } from './support/small-project.ts';

const pausedRule = `groups:
  - name: bullmq
    rules:
      - alert: Paused
        expr: sum by (queue) (bullmq_job_count{state="paused"}) > 0
`;

/** Runs `versions` through the set-up, which builds the images. */
async function compareVersions(...flags: string[]) {
  const args = ['setup/main.mjs', 'versions', '--only', 'queue-paused', ...flags];
  const child = spawn(process.execPath, args, { cwd: projectDir, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, stdout, stderr };
}

/** The lists that held the jobs without a priority while their queue was paused. */
async function heldIn(folder: string): Promise<readonly string[]> {
  const lists = new Set<string>();
  for await (const event of readHistory(path.join(folder, 'history.jsonl'))) {
    if (event.type !== 'sample') continue;
    const row = event.queues['outreach.whatsapp.send'];
    if (!row || row[column.flag] !== 1) continue;
    for (const list of ['waiting', 'paused'] as const) if (row[column[list]] > 0) lists.add(list);
  }
  return [...lists];
}

test('a scenario runs on each version that is asked for, and the report shows that version', async () => {
  const { code, stdout, stderr } = await compareVersions('--bullmq', '6.7.0', '--redis', '8.0.2');
  expect(stdout, stderr).toMatch(/^ +as set up +bullmq 6\.7\.0 +redis 8\.0\.2$/m);
  expect(stdout, stderr).toMatch(/^queue-paused +pass +pass +pass$/m);
  expect(code).toBe(0);

  const file = path.join(projectDir, /^record: (.+)$/m.exec(stderr)?.[1] ?? '');
  const { columns } = versionsRecord.parse(JSON.parse(await readFile(file, 'utf8')));
  expect(columns.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
  const folderOf = (versions: string): string => path.join(path.dirname(file), versions);
  const versionsOf = async (folder: string) => {
    const report = runReportSchema.parse(JSON.parse(await readFile(path.join(folder, 'report.json'), 'utf8')));
    return Object.fromEntries((report.environment?.versions ?? []).map(({ name, real }) => [name, real]));
  };
  const usual = await versionsOf(folderOf('as-set-up'));
  expect(await versionsOf(folderOf('bullmq-6.7.0'))).toEqual({ ...usual, bullmq: '6.7.0' });
  expect(await versionsOf(folderOf('redis-8.0.2'))).toEqual({ ...usual, redis: '8.0.2' });
  // BullMQ 5 moves the jobs of a paused queue to another list, BullMQ 6 does not.
  expect(await heldIn(folderOf('as-set-up'))).toEqual(['paused']);
  expect(await heldIn(folderOf('bullmq-6.7.0'))).toEqual(['waiting']);

  // BullMQ 6 exports no state "paused", so a rule on it is dead there.
  await using rules = await createSmallProject({ 'rules.yml': pausedRule });
  const judged = async (versions: string): Promise<string> => {
    const args = ['alerts', 'test', '--rules', 'rules.yml', '--runs', folderOf(versions)];
    return (await runDrillbook(args, { cwd: rules.directory })).stdout;
  };
  expect(await judged('bullmq-6.7.0')).toContain('no recorded series has `state="paused"`');
  expect(await judged('as-set-up')).toMatch(/^ +1 {2}Paused\n(?![^]*no recorded series)/m);

  const resumed = await compareVersions('--bullmq', '6.7.0', '--resume', path.dirname(file));
  expect(resumed.stdout).toMatch(/^queue-paused +pass +pass/m);
  expect(resumed.stdout).not.toMatch(/^bullmq 6\.7\.0: pass$/m);
  expect(resumed.code).toBe(0);
});

test('a text that is not a version is refused before anything is built', async () => {
  const { code, stderr } = await compareVersions('--bullmq', 'newest');
  expect(stderr).toMatch(/expected a version such as 5\.66\.5/);
  expect(code).toBe(64);
});

test('a version without images is refused before anything is started', async () => {
  const { code, stdout, stderr } = await runDrillbook(['versions', '--only', 'health-check', '--bullmq', '5.0.999']);
  expect(stderr).toMatch(/there is no image with bullmq 5\.0\.999/);
  expect(stderr).not.toMatch(/treatment/);
  expect(stdout).not.toMatch(/as set up: /);
  expect(code).toBe(70);
});
