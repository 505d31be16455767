import type { ClockChanged } from '../history/events.ts';
import { waitOut } from '../kernel/poll-until.ts';
import type { RateChange, RateSetter } from './clock-file.ts';

/** How long a rate other than 1 lasts if this process dies, real ms. A stopped clock then goes on by itself, too. */
const lastsMs = 60_000;

/**
 * Keeps the clock of a sandbox at the rate that was last asked for. Each rate but 1 has an end, so that a dead harness
 * leaves no sandbox fast or stopped; it is extended again and again.
 */
export class RateKeeper implements AsyncDisposable {
  readonly #setter: RateSetter;
  readonly #onChange: (change: ClockChanged) => void;
  readonly #extendedEveryMs: number;
  /** Ends the extending of the present rate. */
  #kept = new AbortController();
  #extending: Promise<void> = Promise.resolve();

  /**
   * @param onChange called when a change is in effect
   * @param extendedEveryMs real ms
   */
  constructor(setter: RateSetter, onChange: (change: ClockChanged) => void, extendedEveryMs = 20_000) {
    this.#setter = setter;
    this.#onChange = onChange;
    this.#extendedEveryMs = extendedEveryMs;
  }

  /** Returns when the clock has this rate. @param rate sandbox seconds per real second; 0 stops the clock */
  async keep(rate: number): Promise<void> {
    await this.#stopExtending();
    this.#onChange(eventOf(await this.#set(rate)));
    const kept = new AbortController();
    this.#kept = kept;
    if (rate !== 1) this.#extending = this.#extend(rate, kept.signal);
  }

  /** The rate that was set last lasts for at most a minute more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stopExtending();
    this.#setter[Symbol.dispose]();
  }

  async #stopExtending(): Promise<void> {
    this.#kept.abort();
    await this.#extending;
  }

  async #extend(rate: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      await waitOut(this.#extendedEveryMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#set(rate);
    }
  }

  #set(rate: number): Promise<RateChange> {
    return this.#setter.set(rate, rate === 1 ? undefined : lastsMs);
  }
}

function eventOf({ rate, atNs, publishedNs }: RateChange): ClockChanged {
  const lateMs = Number(publishedNs - atNs) / 1e6;
  return { type: 'clock.changed', rate, inMs: 0, ...(lateMs > 0 ? { lateMs } : {}) };
}
