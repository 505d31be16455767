import type { HealthSpec, RunStarted, ThresholdMetric, ThresholdRow } from '../history/events.ts';
import type { Location } from '../kernel/errors.ts';
import { thresholdsOf } from './thresholds.ts';
import type { Instant } from '../record/arm-record.ts';
import { respectsMax, respectsMin } from '../record/ranges.ts';
import { steadyMs } from '../record/steady-state.ts';
import { backlogOf, column, type Moment, type SeenContainer } from '../record/timeline.ts';

export interface HealthRules {
  /** The rows that could be read, by metric. */
  readonly thresholds: ReadonlyMap<ThresholdMetric, ThresholdRow>;
  readonly queues: readonly string[];
  readonly services: readonly string[];
  /** How many jobs of one of these queues may be among the failed. */
  readonly failed: number;
  /** How many jobs of one of these queues may be delayed. The runbook's normal range holds as well. */
  readonly delayed: number;
  /** Sandbox ms. */
  readonly sustainMs: number;
}

/** Why a moment or a window is not healthy. `unknown`: the record does not say whether it is. */
export interface Complaint {
  readonly text: string;
  readonly unknown: boolean;
  readonly location?: Location;
}

/** A gap between samples is longer than this in sandbox time, and in real time: a busy machine pauses now and then. */
const gapMs = { sandbox: 2000, real: 500 } as const;

/** Whether samples at these instants leave a gap between them: anything may have happened in it. */
export function isGap(from: Instant, to: Instant): boolean {
  return to.s - from.s > gapMs.sandbox && to.t - from.t > gapMs.real;
}

/** The runbook's thresholds together with the scenario's health. */
export function healthRules(run: RunStarted, spec: HealthSpec): HealthRules {
  const served = run.queues.filter(({ name }) => spec.queues.includes(name)).map(({ service }) => service);
  return {
    thresholds: new Map(thresholdsOf(run).map((row) => [row.metric, row])),
    queues: spec.queues,
    services: [...new Set([...spec.services, ...served])],
    failed: spec.failed ?? Infinity,
    delayed: spec.delayed ?? Infinity,
    sustainMs: spec.sustainMs,
  };
}

/** The same rules for the steady state. */
export function steadyRules(rules: HealthRules): HealthRules {
  return { ...rules, sustainMs: Math.min(rules.sustainMs, steadyMs) };
}

/**
 * What is wrong at one moment; undefined when healthy. Asked in this order:
 *
 * 1. The services run, and Redis answers.
 * 2. Each affected queue is not paused, does not exceed the upper ends of the runbook's normal ranges, and has no more
 *    failed and delayed jobs than the scenario says.
 * 3. The fleet as a whole lies within the normal ranges of `waiting`, `active` and `delayed`. It may be below a lower
 *    end by chance, for 5 s of sandbox time.
 *
 * `waiting` includes prioritized and paused jobs, because those wait as well.
 */
export function complaintAt(moment: Moment, rules: HealthRules): Complaint | undefined {
  const services = servicesComplaint(moment, rules);
  // A service that is down may be Redis itself. Then it is known why Redis does not answer.
  if (services && !services.unknown) return services;
  if (!moment.redisUp) return { text: 'Redis did not answer', unknown: true };
  if (!moment.rows) return { text: 'the queues had not been sampled yet', unknown: true };
  return services ?? queuesComplaint(moment, rules) ?? fleetComplaint(moment, rules);
}

/** Whether Redis did not answer at this moment, and an affected service was down. Nothing else need be known then. */
export function isKnownDown(moment: Moment | undefined, rules: HealthRules): boolean {
  return moment !== undefined && !moment.redisUp && complaintAt(moment, rules)?.unknown === false;
}

function servicesComplaint(moment: Moment, rules: HealthRules): Complaint | undefined {
  for (const service of rules.services) {
    const found = moment.containers.filter((container) => container.service === service);
    if (found.length === 0)
      return { text: `no container of ${service} was seen`, unknown: moment.containers.length === 0 };
    const down = found.find((container) => !isRunning(container));
    if (down) return { text: `${service} is ${describe(down)}`, unknown: false };
  }
  return undefined;
}

function isRunning({ state, health }: SeenContainer): boolean {
  return (
    state.toLowerCase() === 'running' &&
    (health === undefined || health === '' || health === 'none' || health === 'healthy')
  );
}

function describe({ state, health, exitCode }: SeenContainer): string {
  const detail = state.toLowerCase() === 'running' ? (health ?? '') : `exit code ${exitCode}`;
  return detail === '' ? state : `${state} (${detail})`;
}

function queuesComplaint(moment: Moment, rules: HealthRules): Complaint | undefined {
  for (const name of rules.queues) {
    const row = moment.rows?.get(name);
    if (!row) return { text: `the queue ${name} was not sampled`, unknown: true };
    if (row[column.flag] === 1) return { text: `the queue ${name} is paused`, unknown: false };
    if (row[column.failed] > rules.failed)
      return { text: `${row[column.failed]} jobs of ${name} are among the failed`, unknown: false };
    if (row[column.delayed] > rules.delayed)
      return { text: `${row[column.delayed]} jobs of ${name} are among the delayed`, unknown: false };
    const figures = { waiting: backlogOf(row), active: row[column.active], delayed: row[column.delayed] };
    for (const metric of ['waiting', 'active', 'delayed'] as const) {
      const threshold = rules.thresholds.get(metric);
      if (threshold && !respectsMax(threshold.normal.max, figures[metric]))
        return outOfRange(`${metric} of ${name}`, figures[metric], threshold);
    }
  }
  return undefined;
}

const figuresOfFleet = [
  ['waiting', 'backlog'],
  ['active', 'active'],
  ['delayed', 'delayed'],
] as const;

function fleetComplaint(moment: Moment, rules: HealthRules): Complaint | undefined {
  for (const [metric, figure] of figuresOfFleet) {
    const threshold = rules.thresholds.get(metric);
    if (!threshold) continue;
    const { min, max } = threshold.normal;
    if (!respectsMax(max, moment.totals[figure]) || !respectsMin(min, moment.peaks[figure]))
      return outOfRange(`${metric} of the fleet`, moment.totals[figure], threshold);
  }
  return undefined;
}

/** A figure that lies outside the runbook's normal range. */
export function outOfRange(what: string, value: number, { normal, location }: ThresholdRow): Complaint {
  return { text: `${what} was ${Math.round(value * 100) / 100}, normal is ${normal.text}`, unknown: false, location };
}
