import type { ClockChanged, HistoryEvent } from '../history/events.ts';
import type { Instant } from './arm-record.ts';

/** A stretch of the record with one rate. It ends where the next one begins. */
interface Stretch {
  /** Real ms since the run's start. */
  readonly fromT: number;
  readonly rate: number;
}

/** How fast the clock of a sandbox ran, from what the history says. Fed one event after the other. */
export class RecordedRates {
  /** In the order of their times. */
  #stretches: readonly [Stretch, ...(readonly Stretch[])] = [{ fromT: -Infinity, rate: 1 }];

  push(event: HistoryEvent): void {
    if (event.type === 'run.started') this.#stretches = [{ fromT: -Infinity, rate: event.timeScale }];
    if (event.type === 'clock.changed') this.#change(event);
  }

  /** The instant at which the sandbox's clock showed a time, from an instant at which or after which it did. */
  instantBefore({ t, s }: Instant, shown: number): Instant {
    let [left, until] = [s - shown, t];
    for (const { fromT, rate } of this.#stretches.toReversed()) {
      if (fromT >= until) continue;
      const passed = rate * (until - fromT);
      if (rate > 0 && left <= passed) return { t: until - left / rate, s: shown };
      // The clock was stopped: all of the stretch shows the same time.
      if (rate > 0) left -= passed;
      until = fromT;
    }
    return { t: until, s: shown };
  }

  /** A duration on both clocks. The real time is that in which the clock ran: while it is stopped, people wait too. */
  between(from: Instant, to: Instant): { readonly realMs: number; readonly sandboxMs: number } {
    return { realMs: Math.round(to.t - from.t - this.#stoppedMs(from.t, to.t)), sandboxMs: Math.round(to.s - from.s) };
  }

  /** When the clock was stopped. Without `toT` it was so to the end of the record. */
  stops(): readonly { readonly fromT: number; readonly toT: number | undefined }[] {
    return this.#stretches.flatMap(({ fromT, rate }, index) =>
      rate === 0 ? [{ fromT, toT: this.#stretches[index + 1]?.fromT }] : [],
    );
  }

  /** What was known to happen at or after the change no longer happens. */
  #change({ t, inMs, rate, forMs }: ClockChanged & Instant): void {
    const fromT = t + inMs;
    const [first, ...rest] = this.#stretches;
    const kept = rest.filter((stretch) => stretch.fromT < fromT);
    const ends: readonly Stretch[] = forMs === undefined ? [] : [{ fromT: fromT + forMs, rate: 1 }];
    const begins: readonly Stretch[] = (kept.at(-1) ?? first).rate === rate ? [] : [{ fromT, rate }];
    this.#stretches = [first, ...kept, ...begins, ...ends];
  }

  #stoppedMs(fromT: number, toT: number): number {
    return this.stops().reduce(
      (sum, stop) => sum + Math.max(0, Math.min(toT, stop.toT ?? Infinity) - Math.max(fromT, stop.fromT)),
      0,
    );
  }
}
