import { describe, expect, test } from 'vitest';

import { formatLocation } from '../kernel/errors.ts';
import { parseRuleFile } from './read-rule-file.ts';
import { findUnknownNames, type UnknownName } from './unknown-metrics.ts';

const states = ['waiting', 'prioritized', 'paused', 'active', 'delayed', 'failed', 'completed', 'waiting-children'];
const target = { job: 'bullmq', instance: 'api:3000' };
const queues = Array.from({ length: 30 }, (_, index) => `queue.${index}`);
const series = [
  { name: 'up', labels: target },
  ...queues.flatMap((queue) => [
    ...states.map((state) => ({ name: 'bullmq_job_count', labels: { ...target, queue, state } })),
    { name: 'bullmq_job_completed_total', labels: { ...target, queue } },
    { name: 'bullmq_job_failed_total', labels: { ...target, queue } },
  ]),
];

function unknownIn(expr: string): readonly UnknownName[] {
  const quoted = JSON.stringify(expr);
  const file = parseRuleFile(new TextEncoder().encode(`- alert: A\n  expr: ${quoted}\n`), 'f.yml');
  return findUnknownNames(file.alerts, series, file.recordings);
}

describe('names what no series has, with the nearest', () => {
  test.each<readonly [expr: string, kind: string, name: string, nearest: readonly string[], at: string]>([
    [
      'bullmq_failed_total > 50',
      'metric',
      'bullmq_failed_total',
      ['bullmq_job_failed_total', 'bullmq_job_count{state="failed"}'],
      '2:10',
    ],
    [
      'bullmq_waiting > 5000',
      'metric',
      'bullmq_waiting',
      ['bullmq_job_count{state="waiting"}', 'bullmq_job_count{state="waiting-children"}'],
      '2:10',
    ],
    [
      'sum(bullmq_job_cuont) > 5',
      'metric',
      'bullmq_job_cuont',
      ['bullmq_job_count', 'bullmq_job_count{state="waiting"}'],
      '2:14',
    ],
    ['sum(kafka_lag) > 5', 'metric', 'kafka_lag', [], '2:14'],
    ['sum(bullmq_job_count{state="wating"}) > 5', 'value', 'wating', ['waiting', 'waiting-children'], '2:31'],
    ['sum(bullmq_job_count{sate="waiting"}) > 5', 'label', 'sate', ['state'], '2:31'],
    ['bullmq_job_count{state="wait"} > 5', 'value', 'wait', ['waiting'], '2:27'],
    ['bullmq_job_count{state=~"wait|active"} > 5', 'alternative', 'wait', ['waiting'], '2:27'],
    ['bullmq_job_count{state=~"stuck.*"} > 5', 'value', 'stuck.*', [], '2:27'],
    ['sum by (quue) (up) > 5', 'label', 'quue', ['queue'], '2:18'],
    ['{__name__=~"bull_.*"} > 5', 'value', 'bull_.*', [], '2:11'],
  ])('%s', (expr, kind, name, nearest, at) => {
    const unknown = unknownIn(expr);
    expect(unknown.map((one) => [one.kind, one.name, formatLocation(one.location)])).toEqual([
      [kind, name, `f.yml:${at}`],
    ]);
    expect(unknown[0]?.nearest.slice(0, Math.max(1, nearest.length))).toEqual(nearest);
  });
});

test('sees that no series fits all parts of a selector', () => {
  const rare = [
    { name: 'm', labels: { queue: 'a', state: 'x' } },
    { name: 'm', labels: { queue: 'b', state: 'y' } },
  ];
  const file = parseRuleFile(new TextEncoder().encode('- alert: A\n  expr: m{queue="a", state="y"} > 0\n'), 'f.yml');
  expect(findUnknownNames(file.alerts, rare)).toMatchObject([{ kind: 'together', location: { line: 2, column: 9 } }]);
});

test.each([
  'sum(bullmq_job_count{state=~"waiting|prioritized|paused"}) > 5000',
  'bullmq_job_count{state!="gone", env=""} > 5',
  'bullmq_job_count{state=~"(?i)WAIT.*"} > 5',
  'bullmq_job_count{state=~"[[:alpha:]]+"} > 5',
  'rate(bullmq_job_failed_total{queue=~"queue.*"}[5m]) > 5',
  'ALERTS{alertname="A"} > 0',
  'up == 0 and on(job) bullmq_job_count > 5',
  'sum by (kind) (label_replace(up, "kind", "x", "", "")) > 5',
  'count_values("version", up) > 5',
])('says nothing about %s', (expr) => {
  expect(unknownIn(expr)).toEqual([]);
});

test('takes the names of recording rules as known', () => {
  const text = '- record: job:up:sum\n  expr: sum(up)\n- alert: A\n  expr: sum by (team) (job:up:sum) > 5\n';
  const file = parseRuleFile(new TextEncoder().encode(text), 'f.yml');
  expect(findUnknownNames([...file.alerts, ...file.recordings], series, file.recordings)).toEqual([]);
  expect(findUnknownNames(file.alerts, series)).toHaveLength(2);
});
