import type { HealthSpec, RunStarted, ThresholdMetric, ThresholdRow } from '../history/events.ts';
import type { Location } from '../kernel/errors.ts';
import { respectsMax, respectsMin } from '../record/ranges.ts';
import { backlogOf, column, type Moment, type SeenContainer } from '../record/timeline.ts';

export interface HealthRules {
  /** The runbook's rows that could be read, by metric. */
  readonly thresholds: ReadonlyMap<ThresholdMetric, ThresholdRow>;
  readonly queues: readonly string[];
  readonly services: readonly string[];
  /** The most jobs of these queues that may stand among the failed. */
  readonly failed: number;
  /** The most of their jobs that may be delayed, whatever the runbook's normal range. */
  readonly delayed: number;
  /** Sandbox ms. */
  readonly sustainMs: number;
  /** Two samples further apart than this leave a gap in which anything may have happened, sandbox ms. */
  readonly gapLimitMs: number;
}

/** Why a moment, or a window, is not healthy. `unknown`: the record does not say. */
export interface Complaint {
  readonly text: string;
  readonly unknown: boolean;
  readonly location?: Location;
}

/**
 * The rules that the runbook's thresholds and a scenario's health make together. A gap is 2 sandbox seconds, or half
 * a real second where the sandbox runs so fast that this is more: a busy machine's pauses are no fault of the fleet.
 */
export function healthRules(run: RunStarted, spec: HealthSpec): HealthRules {
  const served = run.queues.filter(({ name }) => spec.queues.includes(name)).map(({ service }) => service);
  return {
    thresholds: new Map(run.runbook.thresholds.map((row) => [row.metric, row])),
    queues: spec.queues,
    services: [...new Set([...spec.services, ...served])],
    failed: spec.failed ?? Infinity,
    delayed: spec.delayed ?? Infinity,
    sustainMs: spec.sustainMs,
    gapLimitMs: Math.max(2000, 500 * run.timeScale),
  };
}

/** For how long all must be well before anything is done, sandbox ms: it proves the reset, whereas what was cured has to last for longer. */
const steadyMs = 15_000;

/** The same rules for the steady state. */
export function steadyRules(rules: HealthRules): HealthRules {
  return { ...rules, sustainMs: Math.min(rules.sustainMs, steadyMs) };
}

/**
 * What is wrong at one moment, first things first; undefined when healthy. The fleet as a whole must lie within the
 * runbook's normal ranges of `waiting`, `active` and `delayed`, and may be below their lower ends by chance, for 5 s of
 * sandbox time; each queue that was hit may alone not exceed their upper ends,
 * may not be paused and may keep no more failed and delayed jobs than the scenario says; its services run. `waiting` counts prioritized and paused jobs too: whoever waits, waits.
 */
export function complaintAt(moment: Moment, rules: HealthRules): Complaint | undefined {
  if (!moment.redisUp) return { text: 'Redis did not answer', unknown: true };
  if (!moment.rows) return { text: 'the queues had not been sampled yet', unknown: true };
  return servicesComplaint(moment, rules) ?? queuesComplaint(moment, rules) ?? fleetComplaint(moment, rules);
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
      return { text: `${row[column.failed]} jobs of ${name} stand among the failed`, unknown: false };
    if (row[column.delayed] > rules.delayed)
      return { text: `${row[column.delayed]} jobs of ${name} stand among the delayed`, unknown: false };
    const figures = { waiting: backlogOf(row), active: row[column.active], delayed: row[column.delayed] };
    for (const metric of ['waiting', 'active', 'delayed'] as const) {
      const threshold = rules.thresholds.get(metric);
      if (threshold && !respectsMax(threshold.normal.max, figures[metric]))
        return exceeds(`${metric} of ${name}`, figures[metric], threshold);
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
      return exceeds(`${metric} of the fleet`, moment.totals[figure], threshold);
  }
  return undefined;
}

/** A figure beside what the runbook calls normal. */
export function exceeds(what: string, value: number, { normal, location }: ThresholdRow): Complaint {
  return { text: `${what} was ${Math.round(value * 100) / 100}, normal is ${normal.text}`, unknown: false, location };
}
