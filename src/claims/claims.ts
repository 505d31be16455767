import type { Claim, QueueRow, QueueState, ThresholdRow } from '../history/events.ts';
import { isWithin } from '../record/ranges.ts';
import { backlogOf, column, type Moment } from '../record/timeline.ts';

/** How far back "no progress" looks: long enough that a healthy queue would have finished something, sandbox ms. */
const progressSpanMs = 10_000;

/** Over how long a rate is taken, and at least how long the record must be for it; sandbox ms. */
const rateSpanMs = 30_000;
const leastRateSpanMs = 10_000;

/** Fewer samples than this show no trend. */
const trendSamples = 6;

/**
 * Whether the claim holds at the last of these moments, which begin where the claim's window begins.
 * Undefined: the record does not say. An empty list of queues means the whole fleet.
 */
export function evaluateClaim(claim: Claim, moments: readonly Moment[]): boolean | undefined {
  const now = moments.at(-1);
  if (!now) return undefined;
  if (claim.claim === 'container-state') {
    const states = now.containers
      .filter(({ service }) => service === claim.service)
      .map(({ state }) => state.toLowerCase());
    return states.length === 0
      ? undefined
      : states.some((state) => claim.anyOf.some((wanted) => wanted.toLowerCase() === state));
  }
  if (claim.claim === 'restarted') return isRestarted(claim.service, moments[0] ?? now, now);
  if (!now.redisUp || !now.rows) return undefined;
  if (claim.claim === 'alert') return crossesAlert(claim.threshold, now, moments);
  if (claim.queues.some((name) => !now.rows?.has(name))) return undefined;
  switch (claim.claim) {
    case 'count':
      return compare(
        total(now, claim.queues, (row) => row[column[claim.state]]),
        claim.op,
        claim.value,
      );
    case 'paused':
      return pick(now, claim.queues).every((row) => (row[column.flag] === 1) === claim.value);
    case 'growing':
      return isGrowing(trendOf(claim, moments));
    case 'progress':
      return claim.value ? hasProgressed(moments, claim.queues) : isStandingStill(moments, claim.queues);
  }
}

/** A step of a procedure, by the instants at which it began and ended; ms since the run began. */
export interface StepSpan {
  readonly startedT: number;
  readonly endedT: number;
}

/** What tells whether a step achieved this: whatever comes after it; for what happened during it also how things stood before. */
export function momentsOfStep(claim: Claim, moments: readonly Moment[], { startedT, endedT }: StepSpan): Moment[] {
  if (claim.claim !== 'restarted') return moments.filter(({ t }) => t >= endedT);
  const before = moments.findLastIndex(({ t }) => t <= startedT);
  return moments.slice(Math.max(0, before));
}

/** Whether the claim was true at any moment; undefined if it was never known. */
export function everTrue(claim: Claim, moments: readonly Moment[]): boolean | undefined {
  if (claim.claim === 'growing') return everGrowing(trendOf(claim, moments));
  let known = false;
  const until: Moment[] = [];
  for (const moment of moments) {
    until.push(moment);
    const value = evaluateClaim(claim, until);
    if (value === true) return true;
    known ||= value === false;
  }
  return known ? false : undefined;
}

function everGrowing(values: readonly number[]): boolean | undefined {
  // The highest of the first third only rises from end to end, and the last third only moves on: each value is looked at once.
  let [highest, counted] = [-Infinity, 0];
  const lowest: number[] = [];
  let first = 0;
  for (const [last, value] of values.entries()) {
    const third = Math.floor((last + 1) / 3);
    while (lowest.length > first && (values[lowest.at(-1) ?? 0] ?? 0) >= value) lowest.pop();
    lowest.push(last);
    if (third > 0) while ((lowest[first] ?? last) <= last - third) first += 1;
    for (; counted < third; counted += 1) highest = Math.max(highest, values[counted] ?? 0);
    if (last + 1 >= trendSamples && (values[lowest[first] ?? last] ?? 0) > highest) return true;
  }
  return values.length < trendSamples ? undefined : false;
}

function trendOf(claim: Extract<Claim, { claim: 'growing' }>, moments: readonly Moment[]): readonly number[] {
  return moments.filter(isKnown).map((moment) => total(moment, claim.queues, (row) => sumStates(row, claim.states)));
}

/** The lowest value of the last third lies above the highest of the first: a trend, not a flutter. */
function isGrowing(values: readonly number[]): boolean | undefined {
  if (values.length < trendSamples) return undefined;
  const third = Math.floor(values.length / 3);
  // Not spread into `Math.min`: there may be more of them than a function takes arguments.
  const lowest = values.slice(-third).reduce((least, value) => Math.min(least, value), Infinity);
  const highest = values.slice(0, third).reduce((most, value) => Math.max(most, value), -Infinity);
  return lowest > highest;
}

/** `failed` is extrapolated to an hour and `rate` is a second's, both over the last half minute. */
function crossesAlert({ metric, alert }: ThresholdRow, now: Moment, moments: readonly Moment[]): boolean | undefined {
  const { totals } = now;
  if (metric === 'waiting') return isWithin(alert, totals.backlog);
  if (metric === 'active' || metric === 'delayed') return isWithin(alert, totals[metric]);
  const before = moments.find((moment) => isKnown(moment) && moment.s >= now.s - rateSpanMs);
  if (!before || now.s - before.s < leastRateSpanMs) return undefined;
  const perSecond = (figure: 'completed' | 'failures'): number =>
    ((totals[figure] - before.totals[figure]) * 1000) / (now.s - before.s);
  return isWithin(alert, metric === 'rate' ? perSecond('completed') : perSecond('failures') * 3600);
}

/** Every container of the service runs, and none since then already. */
function isRestarted(service: string, before: Moment, now: Moment): boolean | undefined {
  const of = ({ containers }: Moment) => containers.filter((container) => container.service === service);
  const [first, last] = [of(before), of(now)];
  if (first.length === 0 || last.length === 0) return undefined;
  return last.every(
    ({ state, startedAt }) => state === 'running' && first.every((container) => container.startedAt !== startedAt),
  );
}

function hasProgressed(moments: readonly Moment[], queues: readonly string[]): boolean | undefined {
  const [first, last] = [moments.find(isKnown), moments.findLast(isKnown)];
  return first && last && completed(last, queues) > completed(first, queues);
}

/** There is work, and nothing of it was finished for a while. */
function isStandingStill(moments: readonly Moment[], queues: readonly string[]): boolean | undefined {
  const now = moments.at(-1);
  const before = now && moments.findLast((moment) => isKnown(moment) && moment.s <= now.s - progressSpanMs);
  if (!now || !before) return undefined;
  const work = total(now, queues, (row) => backlogOf(row) + row[column.active]);
  return work > 0 && completed(now, queues) === completed(before, queues);
}

/** How many jobs of these queues were in these states, together; undefined where the record does not know one of the queues. */
export function countJobs(
  moment: Moment,
  queues: readonly string[],
  states: readonly QueueState[],
): number | undefined {
  if (!moment.rows || queues.some((name) => !moment.rows?.has(name))) return undefined;
  return total(moment, queues, (row) => sumStates(row, states));
}

function isKnown(moment: Moment): boolean {
  return moment.sampled && moment.redisUp && moment.rows !== undefined;
}

function completed(moment: Moment, queues: readonly string[]): number {
  return total(moment, queues, (row) => row[column.completed]);
}

function total(moment: Moment, queues: readonly string[], value: (row: QueueRow) => number): number {
  return pick(moment, queues).reduce((sum, row) => sum + value(row), 0);
}

function pick(moment: Moment, queues: readonly string[]): readonly QueueRow[] {
  if (queues.length === 0) return moment.rows?.values() ?? [];
  return queues.map((name) => moment.rows?.get(name)).filter((row) => row !== undefined);
}

function sumStates(row: QueueRow, states: readonly QueueState[]): number {
  return states.reduce((sum, state) => sum + row[column[state]], 0);
}

function compare(left: number, op: '<' | '<=' | '=' | '>=' | '>', right: number): boolean {
  return { '<': left < right, '<=': left <= right, '=': left === right, '>=': left >= right, '>': left > right }[op];
}
