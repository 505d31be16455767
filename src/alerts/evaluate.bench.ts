/**
 * The cost of an evaluation beside that of promtool alone, which says only what fires at the end. 60 series, an hour of
 * scrapes every 15 s, five rules with 122 alerts.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { evaluateAlerts, evaluateExpressions } from './evaluate.ts';
import type { RecordedSeries, Segment } from './recording.ts';
import { requirePromtool } from './testing/promtool.ts';
import { segmentOf, seriesOf } from './testing/segment.ts';

const promtool = requirePromtool();
const [seconds, everySeconds] = [3600, 15];

/** Sums of random steps, so that rules become true and false again. */
function randomSeries(index: number): RecordedSeries {
  let level = 0;
  let state = index + 1;
  const samples = Array.from({ length: seconds / everySeconds + 1 }, (_, number) => {
    state = (state * 48_271) % 2_147_483_647;
    level = Math.max(0, level + (state % 9) - 4);
    return [number * everySeconds, level] as const;
  });
  return seriesOf('bullmq_job_count', samples, { queue: `queue-${index}`, job: 'fleet', instance: 'api:3000' });
}

const segment: Segment = segmentOf(
  seconds,
  Array.from({ length: 60 }, (_, index) => randomSeries(index)),
);
const rules = [
  'bullmq_job_count > 5',
  'bullmq_job_count > 20',
  'sum(bullmq_job_count) > 500',
  'max by (job) (bullmq_job_count) > 40',
  'sum(rate(bullmq_job_count[5m])) > 1',
].map((expr, index) => ({ name: `Rule${index}`, expr, for: '2m', keepFiringFor: undefined, labels: {} }));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-bench-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A test file of the same rules and samples, as a person writes it. It fails, because no alert is expected. */
async function writeTest(intervalSeconds: number): Promise<string> {
  const series = segment.series.map(({ name, labels, points }) => ({
    series: `${name}{queue="${labels['queue']}",job="fleet",instance="api:3000"}`,
    values: points.map(({ value }) => value).join(' '),
  }));
  const groups = [{ name: 'g', rules: rules.map(({ name, expr }) => ({ alert: name, expr, for: '2m' })) }];
  const file = path.join(folder, `${intervalSeconds}.yml`);
  await writeFile(path.join(folder, 'rules.yml'), JSON.stringify({ groups }));
  await writeFile(
    file,
    JSON.stringify({
      rule_files: ['rules.yml'],
      evaluation_interval: `${intervalSeconds}s`,
      tests: [
        {
          interval: `${everySeconds}s`,
          input_series: series,
          promql_expr_test: [{ expr: 'ALERTS', eval_time: `${seconds}s`, exp_samples: [] }],
        },
      ],
    }),
  );
  return file;
}

async function runAlone(file: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<number | string | null | undefined>();
  const child = execFile(promtool.path, ['test', 'rules', file], { maxBuffer: 2 ** 30 }, (error) =>
    resolve(error?.code),
  );
  expect(await promise, `exit code of ${child.spawnfile}`).toBe(1);
}

test.for([15, 60])('alerts, evaluated every %i s', async (intervalSeconds, { bench }) => {
  const file = await writeTest(intervalSeconds);
  const grid = { intervalMs: intervalSeconds * 1000, phaseMs: 0 };
  const results = await bench.compare(
    bench('promtool alone', () => runAlone(file)),
    bench('the evaluation', async () => {
      const outcomes = await evaluateAlerts(promtool, segment, rules, grid);
      expect(outcomes.flatMap((outcome) => ('alerts' in outcome ? outcome.alerts : [])).length).toBeGreaterThan(60);
    }),
    { iterations: 5, time: 0, warmup: false },
  );
  expect(results).toBeDefined();
});

test('the left side of a rule, every second', async ({ bench }) => {
  const results = await bench.compare(
    bench('the alerts, every 15 s', async () => {
      await evaluateAlerts(promtool, segment, rules, { intervalMs: 15_000, phaseMs: 0 });
    }),
    bench('the left side, every second', async () => {
      const [result] = await evaluateExpressions(promtool, segment, ['bullmq_job_count'], {
        intervalMs: 1000,
        phaseMs: 0,
      });
      expect(result).toHaveProperty('steps.length', seconds + 1);
    }),
    { iterations: 2, time: 0, warmup: false },
  );
  expect(results).toBeDefined();
});
