import { readClaim } from '../claims/claims.ts';
import type { HistoryEvent, PageSent, RunStarted, ScenarioPlan, ThresholdMetric } from '../history/events.ts';
import { isWithin } from '../record/ranges.ts';
import { backlogOf, Timeline, type Moment } from '../record/timeline.ts';
import { curingSections } from '../verdict/drill/answers.ts';

/** A threshold must be crossed for so long before the pager rings, sandbox ms. */
const crossedForMs = 10_000;
/** The symptoms must last for so long, if no threshold is crossed, sandbox ms. */
const symptomsForMs = 20_000;
/** If nothing is seen for so long after the fault, a customer complains; sandbox ms. */
const customerAfterMs = 180_000;
/** Rates are taken over so long, sandbox ms. */
const rateOverMs = 60_000;

export type DuePage = Pick<PageSent, 'text' | 'source'>;

/**
 * Decides when the pager rings, by the runbook's table of thresholds, and how much the page says at which level. Fed
 * the events of the arm one after the other.
 */
export class PageRules {
  readonly #timeline = new Timeline();
  readonly #run: RunStarted;
  readonly #plan: ScenarioPlan;
  readonly #level: number;
  readonly #crossedSince = new Map<string, number>();
  #symptomsSince: number | undefined;
  #onset: Moment | undefined;
  #rung = false;

  constructor(run: RunStarted, plan: ScenarioPlan, level: number) {
    this.#run = run;
    this.#plan = plan;
    this.#level = level;
  }

  apply(event: HistoryEvent): void {
    this.#timeline.push(event);
    if (event.type === 'fault.proved' && event.bit) this.#onset = this.#timeline.moments.at(-1);
  }

  /** The page that is due now. Each incident rings once; a later page would say nothing more. */
  due(): DuePage | undefined {
    const now = this.#timeline.moments.at(-1);
    if (this.#rung || !this.#onset || !now?.rows) return undefined;
    const page = this.#threshold(now) ?? this.#symptoms(now) ?? this.#customer(now);
    if (page) this.#rung = true;
    return page;
  }

  /** A page on a healthy fleet, in the same form: the figure is true. */
  routine(): DuePage | undefined {
    const now = this.#timeline.moments.at(-1);
    return now?.rows ? { text: this.#figure(now), source: 'routine' } : undefined;
  }

  #threshold(now: Moment): DuePage | undefined {
    for (const { metric, alert } of this.#run.runbook.thresholds) {
      const value = figureOf(metric, this.#timeline.moments);
      const crossed = value !== undefined && (alert.min ?? alert.max) !== undefined && isWithin(alert, value);
      const since = this.#crossedSince.get(metric) ?? now.s;
      if (!crossed) this.#crossedSince.delete(metric);
      else if (now.s - since < crossedForMs) this.#crossedSince.set(metric, since);
      else {
        const text = `${names[metric]} of the fleet: ${round(value)} (alert: ${alert.text})`;
        return { text: this.#withPlace(text, now), source: 'threshold' };
      }
    }
    return undefined;
  }

  #symptoms(now: Moment): DuePage | undefined {
    const { symptoms } = this.#plan;
    const since = this.#timeline.moments.filter(({ t }) => t >= (this.#onset?.t ?? 0));
    const shown = symptoms.length > 0 && symptoms.every((claim) => readClaim(claim).holds(since) === true);
    this.#symptomsSince = shown ? (this.#symptomsSince ?? now.s) : undefined;
    if (this.#symptomsSince === undefined || now.s - this.#symptomsSince < symptomsForMs) return undefined;
    return { text: this.#withPlace(this.#figure(now), now), source: 'symptom' };
  }

  #customer(now: Moment): DuePage | undefined {
    if (now.s - (this.#onset?.s ?? now.s) < customerAfterMs) return undefined;
    const text = 'a customer writes: "we have been waiting for our results for some minutes; is something wrong?"';
    return { text, source: 'customer' };
  }

  /** The figure that has changed most in the last minute. */
  #figure(now: Moment): string {
    const { moments } = this.#timeline;
    const earlier =
      moments.findLast(({ s, rows }) => rows !== undefined && s <= now.s - rateOverMs) ?? moments[0] ?? now;
    const figures = (['backlog', 'delayed', 'failures'] as const).map((key) => ({
      key,
      value: now.totals[key],
      grown: now.totals[key] - earlier.totals[key],
    }));
    const [most] = figures.toSorted((a, b) => b.grown - a.grown);
    const words = { backlog: 'waiting jobs', delayed: 'delayed jobs', failures: 'failed jobs' };
    if (!most) return 'waiting jobs of the fleet: 0';
    return `${words[most.key]} of the fleet: ${most.value} (${most.value - most.grown} a minute ago)`;
  }

  /** At level 1 the page also names where most jobs wait, and the section of the runbook. */
  #withPlace(text: string, { rows }: Moment): string {
    if (this.#level !== 1) return text;
    const affected = this.#plan.health.queues;
    const [worst] = affected
      .map((name) => ({ name, row: rows?.get(name) }))
      .map(({ name, row }) => ({ name, jobs: row ? backlogOf(row) : 0 }))
      .toSorted((a, b) => b.jobs - a.jobs);
    const queue = worst ? `, queue ${worst.name}` : '';
    const [section] = curingSections(this.#plan);
    return `${text}${queue}${section === undefined ? '' : `; runbook ${section}`}`;
  }
}

const names: Readonly<Record<ThresholdMetric, string>> = {
  waiting: 'waiting jobs',
  active: 'active jobs',
  delayed: 'delayed jobs',
  failed: 'failed jobs an hour',
  rate: 'completed jobs a second',
};

/** The present value of a metric of the table; undefined if the record is too short for it. */
function figureOf(metric: ThresholdMetric, moments: readonly Moment[]): number | undefined {
  const now = moments.at(-1);
  if (!now) return undefined;
  if (metric === 'waiting') return now.totals.backlog;
  if (metric === 'active' || metric === 'delayed') return now.totals[metric];
  const earlier = moments.findLast(({ s, rows }) => rows !== undefined && s <= now.s - rateOverMs);
  if (!earlier) return undefined;
  const perMs = (key: 'completed' | 'failures'): number =>
    (now.totals[key] - earlier.totals[key]) / (now.s - earlier.s);
  return metric === 'rate' ? perMs('completed') * 1000 : perMs('failures') * 3_600_000;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
