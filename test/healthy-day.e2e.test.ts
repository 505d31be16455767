import path from 'node:path';
import { expect, test } from 'vitest';

import type { AlertsReport } from '../src/alerts/alerts-report.ts';
import { projectDir, runDrillbook } from './support/run-drillbook.ts';
import { isDeep } from './support/sample.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { createSmallProject } from './support/small-project.ts';

/** Records a healthy fleet in a project and judges the rules of its runbook, or those of a file, on the recording. */
async function judgeHealthy(cwd: string, healthy: string, rules: readonly string[]): Promise<AlertsReport> {
  const recorded = await runDrillbook(['alerts', 'record', '--healthy', healthy], { cwd });
  expect(recorded.code, recorded.stderr).toBe(0);
  const run = /^recorded in (.+)$/m.exec(recorded.stdout)?.[1] ?? 'none';
  const tested = await runDrillbook(['alerts', 'test', ...rules, '--runs', run, '--json'], { cwd });
  return JSON.parse(tested.stdout) as AlertsReport;
}

const alarmsOf = ({ rules }: AlertsReport) => rules.map(({ name, healthy: { alarms } }) => [name, alarms]);

test('a healthy fleet raises no alarm, and a rule that is too strict is noisy', async () => {
  await using project = await createSmallProject({
    'rules.yml': [
      'groups:',
      '  - name: bullmq',
      '    rules:',
      '      - alert: QueueBacklog',
      '        expr: sum(bullmq_job_count{state="waiting"}) > 500',
      '        for: 30s',
      '      - alert: JobsComplete',
      '        expr: sum(increase(bullmq_job_completed_total[1m])) > 0',
      '        for: 30s',
    ].join('\n'),
  });
  const report = await judgeHealthy(project.directory, '3m', ['--rules', path.join(project.directory, 'rules.yml')]);
  expect(alarmsOf(report)).toEqual([
    ['QueueBacklog', 0],
    ['JobsComplete', 1],
  ]);
  expect(report.rules[0]?.healthy.hours).toBeGreaterThan(2 / 60);
  expect(report.rules[1]?.verdict).toBe('fail');
  expect(await sandboxObjects()).toEqual([]);
});

test.runIf(isDeep)(
  'no rule of our runbook raises an alarm in the six hours of a healthy day',
  async () => {
    const report = await judgeHealthy(projectDir, '6h', []);
    expect(report.rules.length).toBeGreaterThan(4);
    expect(alarmsOf(report)).toEqual(report.rules.map(({ name }) => [name, 0]));
    // The first "for" of a rule does not count: no alarm could have come in it.
    for (const { name, healthy } of report.rules) expect(healthy.hours, name).toBeGreaterThan(5.5);
  },
  3_600_000,
);
