import type { AlertRule } from '../runbook/runbook.ts';
import type { RuleTimes } from './detect.ts';
import { parsePrometheusDuration } from '../runbook/prometheus-duration.ts';

/** @param evaluationMs for groups that state no interval */
export function timesOf(rule: AlertRule, evaluationMs: number): RuleTimes {
  return {
    forMs: read(rule.for),
    keepFiringForMs: read(rule.keepFiringFor),
    intervalMs: rule.group?.interval === undefined ? evaluationMs : read(rule.group.interval),
    labels: rule.labels,
  };
}

function read(duration: string | undefined): number {
  return duration === undefined ? 0 : (parsePrometheusDuration(duration) ?? 0);
}
