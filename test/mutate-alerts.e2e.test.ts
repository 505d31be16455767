import { expect, test } from 'vitest';

import { runDrillbook } from './support/run-drillbook.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { createSmallProject } from './support/small-project.ts';

/** The two backlog rules stand in for each other, so dropping one of them goes unnoticed. */
const rules = `groups:
  - name: bullmq
    rules:
      - alert: QueueBacklog
        expr: sum(bullmq_job_count{state=~"waiting|prioritized|paused"}) > 200
        for: 30s
      - alert: LongQueue
        expr: sum(bullmq_job_count{state="waiting"}) > 100
      - alert: NothingCompleted
        expr: sum(rate(bullmq_job_completed_total[30s])) < 1
        for: 30s
`;

test('mutants of alert rules are scored on a recorded run, and survivors are listed with what would show them', async () => {
  await using project = await createSmallProject({ 'rules.yml': rules });
  const cwd = project.directory;
  const judge = ['alerts', 'test', '--rules', 'rules.yml'];
  const recorded = await runDrillbook([...judge, '--hold', '--only', 'worker-down'], { cwd });
  expect(recorded.stdout, recorded.stderr).toMatch(/^worker-down +fired +fired +fired$/m);
  const run = /^recorded: (.+)$/m.exec(recorded.stderr)?.[1] ?? 'no run';
  expect(await sandboxObjects()).toEqual([]);

  const mutate = ['mutate', '--alerts', '--rules', 'rules.yml', '--runs', run];
  const listed = await runDrillbook([...mutate, '--list'], { cwd });
  const mutants = listed.stdout.trim().split('\n');
  const { code, stdout, stderr } = await runDrillbook(mutate, { cwd });
  const [, score, noticed, survived, open] =
    /^score ([\d.]+) %: (\d+) noticed, (\d+) survived, (\d+) inconclusive$/m.exec(stdout)?.map(Number) ?? [];
  const fates = stdout.split('\n').flatMap((line) => /^(noticed|SURVIVED|inconclusive) /.exec(line)?.[1] ?? []);
  expect(fates, stderr).toHaveLength(mutants.length);
  expect(['noticed', 'SURVIVED', 'inconclusive'].map((fate) => fates.filter((one) => one === fate).length)).toEqual([
    noticed,
    survived,
    open,
  ]);
  expect(score).toBeCloseTo((100 * (noticed ?? 0)) / ((noticed ?? 0) + (survived ?? 0)), 0);
  expect(stdout).toMatch(/^SURVIVED +drop:\w+ .*\n +\S/m);
  expect(stdout).toMatch(/^noticed +flip:\w+ .*\n +\S/m);
  expect(code).toBe(1);

  const enough = await runDrillbook([...mutate, '--min-score', '1'], { cwd });
  expect(enough.stdout).toBe(stdout);
  expect(enough.code).toBe(open === 0 ? 0 : 2);
});
