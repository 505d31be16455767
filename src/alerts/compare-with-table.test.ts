import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import type { ThresholdRow } from '../history/events.ts';
import { formatLocation } from '../kernel/errors.ts';
import { readRunbook } from '../runbook/read-runbook.ts';
import { parseRange } from '../runbook/parse-range.ts';
import { compareWithTable, type TableComparison } from './compare-with-table.ts';
import { parseRuleFile } from './read-rule-file.ts';

const table = [
  ['waiting', '> 5000'],
  ['active', '> 100'],
  ['failed', '> 50/hour'],
  ['delayed', '≥ 2000'],
  ['rate', '< 1 job/sec'],
] as const;

const rows = table.map(([metric, text], index): ThresholdRow => {
  const range = parseRange(text, metric);
  return { metric, normal: range, alert: range, location: { file: 'r.md', line: index + 1 } };
});

function compare(expr: string, only: ThresholdRow['metric']): TableComparison {
  const file = parseRuleFile(new TextEncoder().encode(`- alert: A\n  expr: ${JSON.stringify(expr)}\n`), 'f.yml');
  return compareWithTable(
    rows.filter(({ metric }) => metric === only),
    file.alerts,
  );
}

const backlog = 'bullmq_job_count{state=~"waiting|prioritized|paused"}';
const failed = 'bullmq_job_failed_total';
const done = 'bullmq_job_completed_total';

describe('agrees', () => {
  test.each<readonly [ThresholdRow['metric'], string]>([
    ['waiting', `sum(${backlog}) > 5000`],
    ['waiting', `5000 < sum(${backlog})`],
    ['waiting', `sum by (job) (avg_over_time(${backlog}[5m])) > 5e3`],
    ['waiting', `sum without (queue, state) (${backlog}) > 5000`],
    [
      'waiting',
      'sum(bullmq_job_count{state="waiting"}) + sum(bullmq_job_count{state="prioritized"}) + sum(bullmq_job_count{state="paused"}) > 5000',
    ],
    ['active', 'sum(bullmq_job_count{state="active"}) > 100'],
    ['delayed', 'sum(bullmq_job_count{state="delayed"}) >= 2000'],
    ['failed', `sum(increase(${failed}[1h])) > 50`],
    ['failed', `sum(increase(${failed}[30m])) > 25`],
    ['failed', `sum(rate(${failed}[5m])) * 3600 > 50`],
    ['failed', `3600 * sum(rate(${failed}[5m])) > 50`],
    ['failed', `sum(increase(${failed}[10m])) / 10 > 50 / 60`],
    ['rate', `sum(rate(${done}[5m])) < 1`],
    ['rate', `sum(increase(${done}[5m])) < 300`],
  ])('%s with %s', (metric, expr) => {
    const { differences, agreements, notCompared } = compare(expr, metric);
    expect({ differences, notCompared }).toEqual({ differences: [], notCompared: [] });
    expect(agreements).toMatchObject([{ metric, rule: 'A' }]);
  });
});

describe('differs', () => {
  test.each<readonly [ThresholdRow['metric'], string, kinds: readonly string[], at: string, says: RegExp]>([
    ['waiting', `sum(${backlog}) > 3000`, ['number'], '2:73', /`> 5000`.*`> 3000`/],
    ['waiting', `sum(${backlog}) >= 5000`, ['direction'], '2:74', /includes the number/],
    ['waiting', `sum(${backlog}) < 5000`, ['direction'], '2:73', /another direction/],
    ['waiting', `sum(${backlog}) == 5000`, ['direction'], '2:74', /another direction/],
    ['waiting', `${backlog} > 5000`, ['scope'], '2:10', /each queue alone/],
    ['waiting', `sum by (queue) (${backlog}) > 5000`, ['scope'], '2:10', /each queue alone/],
    ['waiting', `max(${backlog}) > 5000`, ['scope'], '2:10', /largest queue/],
    ['waiting', 'sum(bullmq_job_count{state="waiting"}) > 5000', ['states'], '2:10', /prioritized, paused/],
    ['waiting', 'bullmq_waiting > 5000', ['scope'], '2:10', /each queue/],
    ['waiting', `sum(${backlog.replace('}', ', queue="a"}')}) > 5000`, ['scope'], '2:10', /only the queues with/],
    ['failed', 'sum(bullmq_job_count{state="failed"}) > 50', ['unit'], '2:52', /`> 50\/hour`.*in total/],
    ['failed', 'bullmq_failed_total > 50', ['unit', 'scope'], '2:32', /in total/],
    ['failed', `sum(increase(${failed}[30m])) > 50`, ['number'], '2:56', /in 30 min/],
    ['failed', `sum(rate(${failed}[5m])) > 50`, ['number'], '2:51', /a second/],
    ['rate', `sum(rate(${done}[5m])) > 1`, ['direction'], '2:54', /another direction/],
    ['active', 'sum(bullmq_job_count{state="delayed"}) > 100', ['no rule'], '', /no rule does/],
    ['active', `sum(${backlog}) > 0 and sum(bullmq_job_count{state="active"}) == 0`, ['no rule'], '', /no rule does/],
    ['active', 'absent(bullmq_job_count{state="active"})', ['no rule'], '', /no rule does/],
  ])('%s with %s', (metric, expr, kinds, at, says) => {
    const { differences, agreements } = compare(expr, metric);
    expect(differences.map(({ kind }) => kind)).toEqual(kinds);
    expect(agreements).toEqual([]);
    const [first] = differences;
    expect(first?.rule ? formatLocation(first.rule.location) : 'f.yml:').toMatch(new RegExp(`^f\\.yml:${at}$`));
    expect(first?.message).toMatch(says);
    expect(first?.row.file).toBe('r.md');
  });
});

describe('says why it does not compare', () => {
  test.each<readonly [ThresholdRow['metric'], string, RegExp]>([
    ['waiting', `sum(${backlog}) > bool 5000`, /bool/],
    ['waiting', `sum(${backlog}) > 5000 and on() up == 1`, /several comparisons/],
    ['waiting', `sum(${backlog}) > sum(up)`, /no comparison with a number/],
    ['waiting', `avg(${backlog}) > 5000`, /`avg`/],
    ['waiting', `sum(${backlog}) * 2 > 5000`, /multiplies/],
    ['waiting', `predict_linear(${backlog}[1h], 3600) > 5000`, /`predict_linear`/],
    ['waiting', `sum(increase(${backlog}[1h])) > 5000`, /needs a counter/],
    ['waiting', `sum(sum by (queue) (${backlog})) > 5000`, /twice/],
    ['failed', `sum(${failed} - ${failed} offset 1h) > 50`, /calculates/],
    ['failed', `sum(increase(${failed}[30m * 2])) > 50`, /computed/],
  ])('%s with %s', (metric, expr, reason) => {
    const { differences, agreements, notCompared } = compare(expr, metric);
    expect({ differences, agreements }).toEqual({ differences: [], agreements: [] });
    expect(notCompared.map(({ message }) => message)).toEqual([
      expect.stringMatching(reason),
      expect.stringMatching(new RegExp(`the row ${metric} is not compared`)),
    ]);
  });
});

test('notes a rule without a row, and a sum that hides a queue', () => {
  const notes = (expr: string, metric: ThresholdRow['metric']): readonly string[] =>
    compare(expr, metric).notes.map(({ message }) => message);
  expect(notes('up == 0', 'waiting')).toEqual(['the rule A has no row in the thresholds table']);
  expect(notes(`sum(increase(${failed}[1h])) > 50`, 'waiting')).toEqual([
    'the rule A has no row in the thresholds table',
  ]);
  expect(notes(`sum(${backlog}) > 5000`, 'waiting')).toEqual([expect.stringMatching(/cannot see that one of them/)]);
});

test('says that there is nothing to compare if there are no rules', () => {
  expect(compareWithTable(rows, [])).toMatchObject({ differences: [], notCompared: [{ location: { line: 1 } }] });
  expect(compareWithTable([], [])).toEqual({ differences: [], agreements: [], notCompared: [], notes: [] });
});

const oldRules = `- alert: BullMQHighFailedJobs
  expr: sum(bullmq_job_count{state="failed"}) > 50
- alert: BullMQQueueBacklog
  expr: sum(${backlog}) > 5000
`;

test('finds what the first version 1.1 of our runbook had wrong', () => {
  const { differences, agreements, notes } = compareWithTable(
    rows,
    parseRuleFile(new TextEncoder().encode(oldRules), 'f.yml').alerts,
  );
  expect(differences.map(({ metric, kind, row, rule }) => [metric, kind, row.line, rule?.location.line])).toEqual([
    ['active', 'no rule', 2, undefined],
    ['failed', 'unit', 3, 2],
    ['delayed', 'no rule', 4, undefined],
    ['rate', 'no rule', 5, undefined],
  ]);
  expect(agreements).toMatchObject([{ metric: 'waiting', rule: 'BullMQQueueBacklog' }]);
  expect(notes).toMatchObject([
    { rule: 'BullMQQueueBacklog', message: expect.stringMatching(/one of them stands still/) },
  ]);
});

test('our own runbook agrees with itself', async () => {
  const file = fileURLToPath(new URL('../../runbooks/worker-failure.md', import.meta.url));
  const { thresholds, alertRules, alertProblems } = await readRunbook(file);
  const { differences, agreements, notes } = compareWithTable(thresholds, alertRules);
  expect({ differences, notes, alertProblems }).toEqual({ differences: [], notes: [], alertProblems: [] });
  expect(agreements.map(({ metric }) => metric)).toEqual(['waiting', 'active', 'failed', 'delayed', 'rate']);
});
