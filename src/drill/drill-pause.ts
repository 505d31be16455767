import type { EventBody } from '../history/events.ts';
import { RateKeeper } from '../sandbox/rate-keeper.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/**
 * Stops a drill and lets it go on. What stops is the sandbox's clock, and with it the load, every limit in sandbox time
 * and the orders to the engine, which the wall holds. Jobs that wait for no timer may still end.
 */
export class DrillPause implements AsyncDisposable {
  readonly #sandbox: Pick<Sandbox, 'openRates'>;
  readonly #emit: (event: EventBody) => void;
  readonly #rate: number;
  #keeper: RateKeeper | undefined;
  #isPaused = false;
  /** What was asked for is carried out in its order. */
  #turn: Promise<void> = Promise.resolve();

  /** @param rate of the clock while the drill goes on */
  constructor(sandbox: Pick<Sandbox, 'openRates'>, emit: (event: EventBody) => void, rate: number) {
    this.#sandbox = sandbox;
    this.#emit = emit;
    this.#rate = rate;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The clock stands still a moment later. @returns false if it did already */
  pause(): boolean {
    return this.#change(true);
  }

  /** The clock runs again a moment later. @returns false if it did already */
  resume(): boolean {
    return this.#change(false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.resume();
    await this.#turn;
    await this.#keeper?.[Symbol.asyncDispose]();
  }

  #change(isPaused: boolean): boolean {
    if (this.#isPaused === isPaused) return false;
    this.#isPaused = isPaused;
    this.#turn = this.#turn
      .then(() => {
        this.#keeper ??= new RateKeeper(this.#sandbox.openRates(), this.#emit);
        return this.#keeper.keep(isPaused ? 0 : this.#rate);
      })
      .catch((error: unknown) => this.#emit({ type: 'note', message: `the clock was not changed: ${String(error)}` }));
    return true;
  }
}
