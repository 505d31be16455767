import type { Claim, HistoryEvent, RunStarted, ScenarioPlan } from '../history/events.ts';
import { readClaim } from '../claims/claims.ts';
import { healthRules, steadyRules, type HealthRules } from './health.ts';
import { findSustained, lately, sinceWellMs } from './sustained.ts';
import { Timeline } from '../record/timeline.ts';

/**
 * Judges an arm while it still runs, by the rules that judge it afterwards. The runner asks it when a phase may end. It
 * decides nothing about the verdict.
 */
export class ArmView {
  readonly #timeline = new Timeline();
  readonly #rules: HealthRules;
  #markT = 0;
  #stepT = 0;
  #lastT = 0;
  #lastS = 0;
  #lastingUntil = 0;

  constructor(run: RunStarted, plan: ScenarioPlan) {
    this.#rules = healthRules(run, plan.health);
  }

  apply(event: HistoryEvent): void {
    this.#lastT = event.t;
    this.#lastS = event.s;
    if (event.type === 'procedure.started') this.#stepT = event.t;
    this.#timeline.push(event);
  }

  /** From now on `isHealthy` and `holds` look only at later events. */
  mark(): void {
    this.#markT = this.#lastT;
  }

  /** The procedures have just ended: from now on health must last for the scenario's `sustain` beyond this moment. */
  mustOutlast(): void {
    this.#lastingUntil = this.#lastS + this.#rules.sustainMs;
  }

  /** Whether the fleet is in its steady state. */
  isSteady(): boolean {
    return this.#sustained(steadyRules(this.#rules)) !== undefined;
  }

  /** Whether health has held without a gap for the scenario's `sustain`. */
  isHealthy(): boolean {
    return this.#sustained() !== undefined;
  }

  /** Whether the fleet was well lately, but not yet for the scenario's `sustain`: it may be about to recover. */
  mayRecover(): boolean {
    const ms = sinceWellMs(this.#recent(), this.#rules);
    return ms !== undefined && ms < lately(this.#rules) && !this.isHealthy();
  }

  /** When lasting health began, sandbox ms since 1970. Undefined: it has not begun. */
  healthySince(): number | undefined {
    return this.#sustained()?.start.s;
  }

  holds(claim: Claim): boolean | undefined {
    return readClaim(claim).holds(this.#recent());
  }

  /** Whether the step that began last has achieved this, by the events since the mark. */
  isAchieved(claim: Claim): boolean | undefined {
    const span = { startedT: this.#stepT, endedT: this.#markT };
    const readable = readClaim(claim);
    return readable.holds(readable.momentsOfStep(this.#timeline.moments, span));
  }

  /** Jobs that wait, are active or are delayed. Undefined: nothing was sampled yet. */
  unfinished(): number | undefined {
    const last = this.#timeline.moments.at(-1);
    return last?.rows && last.totals.backlog + last.totals.active + last.totals.delayed;
  }

  /** Jobs that are not due yet. Undefined: nothing was sampled yet. */
  delayed(): number | undefined {
    return this.#timeline.moments.at(-1)?.totals.delayed;
  }

  #sustained(rules = this.#rules) {
    return findSustained(this.#timeline.moments, rules, {
      fromT: this.#markT,
      untilT: Infinity,
      lastingUntil: this.#lastingUntil,
    }).window;
  }

  #recent() {
    return this.#timeline.moments.filter(({ t }) => t >= this.#markT);
  }
}
