import type { AlertsReport, Cell, Firing, RuleReport } from '../../alerts/alerts-report.ts';
import { at, picture, pictureWithGap, quietPicture } from './sample-pictures.ts';

const file = 'runbooks/worker-failure.md';
const minute = 60_000;

function cell(scenario: string, changes: Partial<Cell> = {}): Cell {
  const base = { scenario, arm: 'control', firing: undefined } as const;
  return { ...base, outcome: 'quiet', reason: 'does not fire in 26 m', ...changes };
}

const cleared = { min: 25_000, median: 45_000, worst: 60_000 };

function fired(scenario: string, worst: Partial<Firing['worst']>, median: number, changes: Partial<Cell> = {}): Cell {
  const times = {
    ...{ phaseMs: 20_000, onsetS: at(2), pendingS: at(8), firingS: at(18), resolvedS: at(25), labels: {} },
    delay: { metricMs: 335_000, scrapeMs: 10_000, evaluationMs: 15_000, forMs: 600_000 },
    ...worst,
  };
  const delayMs = { min: median - 35_000, median, worst: times.firingS - times.onsetS };
  const clearedMs = times.resolvedS === undefined ? undefined : cleared;
  const firing = { delayMs, clearedMs, worst: times, phases: { fired: 60, of: 60 } };
  return cell(scenario, { outcome: 'fired', reason: 'fires at each evaluation phase', firing, ...changes });
}

const backlog: RuleReport = {
  name: 'BullMQQueueBacklog',
  expr: picture().expr,
  for: '10m',
  location: { file, line: 616, column: 10 },
  verdict: 'pass',
  healthy: { hours: 6, alarms: 0 },
  findings: [],
  cells: [
    fired('queue-paused', {}, 930_000),
    cell('poison-payloads', { arm: 'treatment', reason: 'does not fire in 18 m' }),
    cell('redis-killed', {
      arm: 'treatment',
      outcome: 'unknown',
      reason: 'the fault lasts 4 m 2 s, and the rule needs 11 m 15 s',
      missingMs: 433_000,
    }),
    cell('api-slow'),
  ],
};

const failed: RuleReport = {
  name: 'BullMQHighFailedJobs',
  expr: pictureWithGap().expr,
  for: '5m',
  location: { file, line: 608, column: 10 },
  verdict: 'fail',
  healthy: { hours: 6, alarms: 0 },
  findings: [
    {
      id: 'one-missed-scrape',
      severity: 'fail',
      message:
        'one missed scrape restarts `for`: with one at 6:00 the alert fires 7 m later; write last_over_time(…[1m]) or keep_firing_for',
      locations: [{ file, line: 609, column: 9 }],
    },
    {
      id: 'table',
      severity: 'note',
      message: 'the table says 50 an hour, and the rule compares the jobs that there are with 50',
      locations: [
        { file, line: 571 },
        { file, line: 609, column: 9 },
      ],
    },
  ],
  cells: [
    cell('queue-paused'),
    fired(
      'poison-payloads',
      {
        ...{ onsetS: at(1.5), pendingS: at(8.25), firingS: at(13.25), resolvedS: at(17.25) },
        delay: { metricMs: 150_000, scrapeMs: 15_000, evaluationMs: 240_000, forMs: 300_000 },
      },
      660_000,
      {
        arm: 'treatment',
        outcome: 'late',
        reason: 'fires at 41 of 60 evaluation phases only: whether it fires is luck',
      },
    ),
    cell('redis-killed', { arm: 'treatment', reason: 'does not fire in 9 m' }),
    cell('api-slow'),
  ],
};

const wedged: RuleReport = {
  name: 'BullMQQueueWedged',
  expr: 'bullmq_job_count{state="waiting"} > 0\n  unless on(queue) increase(bullmq_job_completed_total[10m]) > 0',
  for: undefined,
  location: { file, line: 626, column: 10 },
  verdict: 'inconclusive',
  healthy: { hours: 0.5, alarms: 0 },
  findings: [],
  cells: [
    fired(
      'queue-paused',
      {
        ...{ pendingS: at(12.5), firingS: at(12.5), resolvedS: undefined },
        delay: { metricMs: 600_000, scrapeMs: 15_000, evaluationMs: 15_000, forMs: 0 },
      },
      10.2 * minute,
    ),
    cell('poison-payloads', { arm: 'treatment' }),
    cell('redis-killed', {
      arm: undefined,
      outcome: 'unknown',
      reason: '3 of 41 scrapes failed because this machine was too slow',
    }),
    cell('api-slow'),
  ],
};

/** A rule that passes, one that fails and one of which too little is known. */
export function alertsReport(changes: Partial<AlertsReport> = {}): AlertsReport {
  return {
    verdict: 'fail',
    promtool: '3.5.3',
    rules: [backlog, failed, wedged],
    findings: [
      {
        id: 'uncaught',
        severity: 'fail',
        message: 'no rule catches the fault of api-slow',
        locations: [{ file: 'scenarios/api-slow.scenario.ts', line: 6 }],
      },
    ],
    runs: ['20260101-060000-7f3a', '20260101-120000-healthy'],
    faults: ['queue-paused', 'poison-payloads', 'redis-killed', 'api-slow'],
    confirmed: 27,
    ...changes,
  };
}

/** Pictures of rules of the report. */
export const samplePictures = [picture(), quietPicture(), pictureWithGap()];
