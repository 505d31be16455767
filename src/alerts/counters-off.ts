import type { AlertRule } from '../runbook/runbook.ts';
import type { Finding } from './alerts-report.ts';
import { inspectExpr } from './inspect-expr.ts';
import type { RecordedSeries } from './recording.ts';

const completed = 'bullmq_job_completed_total';
const counters = [completed, 'bullmq_job_failed_total'];

/**
 * A rule on BullMQ's counters, which are exported but stay 0 if no worker keeps metrics. A counter of failures may well
 * stay 0, so both decide.
 */
export function findCountersOff(rule: AlertRule, series: readonly RecordedSeries[]): Finding | undefined {
  const read = inspectExpr(rule.expr).selectors.flatMap(({ metric }) => metric ?? []);
  const metric = read.find((name) => counters.includes(name));
  const recorded = series.filter(({ name }) => counters.includes(name));
  if (metric === undefined || recorded.every(({ name }) => name !== completed) || recorded.some(hasCounted))
    return undefined;
  return {
    id: 'counters-off',
    severity: 'fail',
    message: `${metric} stays 0 in all recordings, like all counters of BullMQ: the counters are off; give each worker \`metrics: { maxDataPoints: MetricsTime.ONE_HOUR }\``,
    locations: [rule.fields['expr'] ?? rule.location],
  };
}

function hasCounted({ points }: RecordedSeries): boolean {
  return points.some(({ value }) => value !== 0 && value !== 'stale');
}
