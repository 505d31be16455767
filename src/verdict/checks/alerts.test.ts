import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

import { observeRun } from '../../alerts/observe-run.ts';
import { requirePromtool } from '../../alerts/testing/promtool.ts';
import type { RunbookFacts } from '../../history/events.ts';
import { historyName, metricsName } from '../../history/file-names.ts';
import { readHistory } from '../../history/reader.ts';
import { Cleanup } from '../../kernel/disposal.ts';
import { parseRunbook } from '../../runbook/parse-runbook.ts';
import { judge } from '../judge.ts';
import { runReportSchema, type Check, type RunReport } from '../run-report.ts';
import { recordRun, type Recording } from '../testing/record-run.ts';
import { writeRecordedFolder, type Exporter } from '../testing/recorded-folder.ts';

const promtool = requirePromtool();

/** 6000 waiting jobs while the fault lasts, and 3 at other times. */
const exporter: Exporter = ({ isBroken, second }) => ({
  'bullmq_job_count{queue="mail",state="waiting"}': isBroken ? 6000 : 3,
  'bullmq_job_count{queue="mail",state="active"}': 1,
  'bullmq_job_failed_total{queue="mail"}': second,
});

/** A runbook with one row in line 3 and its rules from line 5 on. */
async function factsOf(rules: string, row = '| `waiting` jobs | < 1000 | > 5000 |'): Promise<Partial<RunbookFacts>> {
  const table = `| Metric | Normal range | Alert threshold |\n|---|---|---|\n${row}\n`;
  const runbook = await parseRunbook(`${table}\`\`\`yaml\n${rules}\n\`\`\`\n`, 'r.md');
  const { alerts, thresholds } = runbook.facts();
  return alerts ? { alerts, thresholds } : { thresholds };
}

async function judgeWith(
  runbook: Partial<RunbookFacts>,
  exports: Exporter | null = exporter,
  recording: Recording = {},
): Promise<RunReport> {
  await using cleanup = new Cleanup();
  const events = recordRun({ ...recording, runbook }).map((event) =>
    event.type === 'run.started' ? { ...event, evaluationMs: 5000 } : event,
  );
  const folder = await writeRecordedFolder(events, exports ?? undefined);
  cleanup.add('removing the run', 1000, () => rm(folder, { recursive: true }));
  const history = readHistory(path.join(folder, historyName));
  const metricsFile = path.join(folder, metricsName);
  const report = await judge(history, (record) => observeRun({ record, metricsFile, promtool }));
  expect(runReportSchema.parse(report)).toEqual(report);
  return report;
}

const checkIn = ({ checks }: RunReport): Check | undefined => checks.find(({ id }) => id === 'alerts');

const waiting = '- alert: Waiting\n  expr: sum(bullmq_job_count{state=~"waiting|prioritized|paused"}) > 5000';

test('passes if nothing speaks against the rules, and lists what it could not show', async () => {
  const report = await judgeWith(await factsOf(`${waiting}\n  for: 1h`));
  expect(checkIn(report)).toMatchObject({ verdict: 'pass', findings: [] });
  expect(report.alerts?.notJudged).toMatchObject([
    { message: expect.stringMatching(/Waiting stays quiet.*needs 1 h/), neededMs: 3_605_000 },
    { message: expect.stringMatching(/Waiting fires.*needs 1 h/), neededMs: 3_610_000 },
  ]);
  expect(report.alerts?.rules).toMatchObject([{ name: 'Waiting', scenarios: [] }]);
});

describe('fails, at its line, for', () => {
  test.each([
    ['an unknown metric', '- alert: A\n  expr: bullmq_jobs_failed > 5', 8, 'bullmq_job_failed_total'],
    [
      'an unknown label',
      '- alert: A\n  expr: bullmq_job_count{status="active"} > 5',
      8,
      'no recorded series has the label',
    ],
    ['a counter with a fixed threshold', '- alert: A\n  expr: bullmq_job_failed_total > 50', 8, 'cannot clear'],
    ['PromQL that cannot be read', '- alert: A\n  expr: sum(bullmq_job_count > 5', 8, 'cannot be read'],
    ['a rule that Prometheus refuses', '- alert: A\n  expr: up == 0\n  fro: 5m', 9, 'fro'],
  ])('%s', async (_, rule, line, message) => {
    const found = checkIn(await judgeWith(await factsOf(`${waiting}\n${rule}`)));
    expect(found).toMatchObject({
      verdict: 'fail',
      findings: [{ message: expect.stringContaining(message), location: { file: 'r.md', line } }],
    });
  });
});

test('a rule that contradicts the table fails, with both lines', async () => {
  const found = checkIn(await judgeWith(await factsOf(waiting.replace('> 5000', '> 500'))));
  expect(found).toMatchObject({
    verdict: 'fail',
    message: expect.stringMatching(/waiting: the table alerts at `> 5000`/),
  });
  expect(found?.message).toMatch(/line/);
});

test('is not asked for a history without alert rules', async () => {
  const report = await judgeWith({});
  expect(checkIn(report)).toBeUndefined();
  expect(report.alerts).toBeUndefined();
});

test('decides nothing about behaviour without metrics', async () => {
  const report = await judgeWith(await factsOf('- alert: A\n  expr: nonsense > 5'), null);
  expect(report.alerts?.notJudged.map(({ message }) => message)).toContainEqual(expect.stringContaining('metrics'));
});

test('a rule that fires for the fault is covered, and was watched in the steady states', async () => {
  const { alerts } = await judgeWith(await factsOf(waiting));
  expect(alerts).toMatchObject({ rules: [{ scenarios: ['queue-paused'] }], notJudged: [] });
});

describe('an alarm in the steady state', () => {
  const noisy = waiting.replace('- alert: Waiting', '- alert: Noisy').replace('5000', '2');

  test('fails', async () => {
    const found = checkIn(await judgeWith(await factsOf(`${waiting}\n${noisy}`)));
    expect(found).toMatchObject({
      verdict: 'fail',
      message: expect.stringMatching(/^Noisy fires although the fleet is healthy .*2 steady states/),
      locations: [{ line: 7 }],
    });
  });

  test('is an open question if the rule needs more time', async () => {
    const report = await judgeWith(await factsOf(`${waiting}\n${noisy}\n  for: 1m`));
    expect(checkIn(report)?.verdict).toBe('pass');
    expect(report.alerts?.notJudged[0]?.message).toMatch(/Noisy stays quiet.*true in 2 of 2 steady states/);
  });

  test('is an open question if the rule looks further back than the steady state', async () => {
    const early = noisy.replace('sum(bullmq_job_count', 'sum(max_over_time(bullmq_job_count').replace('})', '}[5m]))');
    const report = await judgeWith(await factsOf(`${waiting}\n${early}`));
    expect(checkIn(report)?.verdict).toBe('pass');
    expect(report.alerts?.notJudged[0]?.message).toMatch(/Noisy stays quiet.*needs 5 m/);
  });

  test('proves nothing on a busy machine', async () => {
    const report = await judgeWith(await factsOf(`${waiting}\n${noisy}`), exporter, {
      pressure: 1,
      controlPressure: 1,
    });
    expect(checkIn(report)?.verdict).toBe('pass');
    expect(report.alerts?.notJudged[0]?.message).toMatch(/waited for a CPU/);
  });
});
