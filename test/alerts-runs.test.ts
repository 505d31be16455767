import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { requirePromtool } from '../src/alerts/testing/promtool.ts';
import { Cleanup } from '../src/kernel/disposal.ts';
import { recordRun } from '../src/verdict/testing/record-run.ts';
import { writeRecordedFolder } from '../src/verdict/testing/recorded-folder.ts';
import { projectDir, runDrillbook } from './support/run-drillbook.ts';

const rules = `groups:
  - name: bullmq
    rules:
      - alert: Waiting
        expr: bullmq_job_count{state="waiting"} > 500
`;

test('`alerts test` judges a run wherever its folder is, and puts the page there', async () => {
  await using cleanup = new Cleanup();
  await mkdir(path.join(projectDir, '.drillbook'), { recursive: true });
  const cwd = await mkdtemp(path.join(projectDir, '.drillbook/small-'));
  cleanup.add('removing the project', 5000, () => rm(cwd, { recursive: true }));
  await cp(path.join(projectDir, 'fixtures/small-fleet'), cwd, { recursive: true });
  await mkdir(path.join(cwd, '.drillbook'));
  await writeFile(path.join(cwd, '.drillbook/setup.json'), JSON.stringify({ promtool: requirePromtool() }));
  await writeFile(path.join(cwd, 'rules.yml'), rules);
  const outside = await writeRecordedFolder(recordRun({}), ({ isBroken }) => ({
    'bullmq_job_count{queue="mail",state="waiting"}': isBroken ? 6000 : 3,
  }));
  cleanup.add('removing the run', 5000, () => rm(outside, { recursive: true }));
  await cp(outside, path.join(cwd, 'reports/run'), { recursive: true });
  for (const run of ['reports/run', outside]) {
    const { stdout, stderr } = await runDrillbook(['alerts', 'test', '--rules', 'rules.yml', '--runs', run], { cwd });
    expect(stdout, stderr).toMatch(/^ +1 {2}Waiting$/m);
    expect(await readdir(path.resolve(cwd, run))).toContain('alerts.html');
  }
});
