import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { projectDir, runDrillbook } from './support/run-drillbook.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { createSmallProject } from './support/small-project.ts';

const rules = `groups:
  - name: bullmq
    rules:
      - alert: NothingCompleted
        expr: sum(rate(bullmq_job_completed_total[1m])) < 1
      - alert: JobsFail
        expr: sum(increase(bullmq_job_failed_total[1m])) > 5
      - alert: QueueBacklog
        expr: sum(bullmq_job_count{state=~"waiting|prioritized|paused"}) > 5000
`;

test('workers without `metrics` leave the counters at 0, and the rules on them fail for that reason', async () => {
  const compose = await readFile(path.join(projectDir, 'fixtures/small-fleet/compose.yml'), 'utf8');
  await using project = await createSmallProject({
    'compose.yml': compose.replace('SERVICE: worker-nurturing', "SERVICE: worker-nurturing\n      COUNTERS: 'off'"),
    'rules.yml': rules,
  });
  const cwd = project.directory;
  const recorded = await runDrillbook(['alerts', 'record', '--healthy', '1m'], { cwd });
  // The steady state needs a fleet that completes jobs.
  expect(recorded.code, recorded.stderr).toBe(0);
  const run = /^recorded in (.+)$/m.exec(recorded.stdout)?.[1] ?? 'no run';
  const { code, stdout, stderr } = await runDrillbook(['alerts', 'test', '--rules', 'rules.yml', '--runs', run], {
    cwd,
  });
  const off = 'stays 0 in all recordings, like all counters of BullMQ: the counters are off; give each worker';
  expect(stdout, stderr).toContain(`rules.yml:5  bullmq_job_completed_total ${off}`);
  expect(stdout).toContain(`rules.yml:7  bullmq_job_failed_total ${off}`);
  expect(stdout.match(/the counters are off/g)).toHaveLength(2);
  expect(code).toBe(1);
  expect(await sandboxObjects()).toEqual([]);
});
