import type { Claim, HistoryEvent, RunStarted, ScenarioPlan } from '../history/events.ts';
import { readClaim } from '../claims/claims.ts';
import { healthRules, steadyRules, type HealthRules } from './health.ts';
import { findSustained, lately, sinceWellMs } from './sustained.ts';
import { Timeline } from '../record/timeline.ts';

/**
 * What can be said of an arm while it still runs, by the very rules by which it is judged afterwards. It tells
 * the runner when a phase may end; it decides nothing about the verdict.
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

  /** From now on only what comes next counts for `isHealthy` and `holds`. */
  mark(): void {
    this.#markT = this.#lastT;
  }

  /** From now on health must last for the scenario's `sustain` beyond this moment: the procedures have just ended. */
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

  /** Whether the fleet was well lately, and has not been for the scenario's `sustain`: nobody knows yet whether it is about to recover. */
  mayRecover(): boolean {
    const ms = sinceWellMs(this.#recent(), this.#rules);
    return ms !== undefined && ms < lately(this.#rules) && !this.isHealthy();
  }

  /** Sandbox instant (ms since 1970) at which lasting health began; undefined while it has not. */
  healthySince(): number | undefined {
    return this.#sustained()?.start.s;
  }

  holds(claim: Claim): boolean | undefined {
    return readClaim(claim).holds(this.#recent());
  }

  /** Whether the step that was begun last has achieved this, as far as is seen since the mark. */
  isAchieved(claim: Claim): boolean | undefined {
    const span = { startedT: this.#stepT, endedT: this.#markT };
    const readable = readClaim(claim);
    return readable.holds(readable.momentsOfStep(this.#timeline.moments, span));
  }

  /** Jobs that wait or are active; undefined while nothing is known. */
  unfinished(): number | undefined {
    const last = this.#timeline.moments.at(-1);
    return last?.rows && last.totals.backlog + last.totals.active + last.totals.delayed;
  }

  /** Jobs that are not due yet; undefined while nothing is known. */
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
