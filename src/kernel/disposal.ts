/**
 * Undoes what was started, whatever happened. Each start adds its own undo:
 *
 *     const cleanup = new Cleanup(hurry);
 *     const stopLoad = cleanup.add('stopping the load', 10_000, () => load.stop());
 *     await stopLoad.now();  // ahead of the others
 *     await cleanup.run();   // the rest, last added first
 *
 * No signal cancels a step. `hurry` (a second Ctrl-C) shortens the deadlines to the hurried ones.
 */
import { DeadlineError } from './errors.ts';
import { abortable } from './poll-until.ts';
import { reasonOf } from './reason-of.ts';

interface Step {
  readonly what: string;
  readonly withinMs: number;
  readonly hurriedMs: number;
  readonly undo: () => Promise<void>;
}

/** A step that was added to a clean-up. */
export interface CleanupStep {
  /**
   * Runs the step now, under its deadline. It does not run again; a step that already ran does nothing.
   * @throws the error of the step
   */
  now(): Promise<void>;
}

const defaultHurriedMs = 500;

/** Steps that run in reverse order, each under its own deadline. A step that fails does not stop the others. */
export class Cleanup implements AsyncDisposable {
  readonly #steps: Step[] = [];
  readonly #hurry: AbortSignal | undefined;

  /** @param hurry aborts when the user does not want to wait any longer */
  constructor(hurry?: AbortSignal) {
    this.#hurry = hurry;
  }

  /**
   * @param what the step as a gerund, "stopping the load": the subject of its errors
   * @param withinMs deadline, real ms
   * @param hurriedMs deadline in a hurry, counted from the moment of `hurry`; 0: the step is skipped then
   */
  add(what: string, withinMs: number, undo: () => Promise<void>, hurriedMs = defaultHurriedMs): CleanupStep {
    const step: Step = { what, withinMs, hurriedMs: Math.min(withinMs, hurriedMs), undo };
    this.#steps.push(step);
    return {
      now: async () => {
        const index = this.#steps.indexOf(step);
        if (index < 0) return;
        this.#steps.splice(index, 1);
        await this.#carryOut(step);
      },
    };
  }

  /** Runs every step that is left. Returns the errors in the order in which the steps ran. Safe to call twice. */
  async run(): Promise<readonly Error[]> {
    const errors: Error[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const { what } = step;
      await this.#carryOut(step).catch((error: unknown) => {
        errors.push(
          error instanceof DeadlineError ? error : new Error(`${what}: ${reasonOf(error)}`, { cause: error }),
        );
      });
    }
    return errors;
  }

  /**
   * For `await using`. Use `run` instead if the errors are to be reported one by one.
   * @throws the error of the step that failed, or an AggregateError if several failed
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const errors = await this.run();
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, errors.map(({ message }) => message).join('; '));
  }

  async #carryOut(step: Step): Promise<void> {
    if (this.#hurry?.aborted && step.hurriedMs === 0) return;
    using limit = limitOf(step, this.#hurry);
    await abortable(step.undo(), limit.signal);
  }
}

/** A signal that aborts with a DeadlineError after `withinMs`, or `hurriedMs` after `hurry`, whichever comes first. */
function limitOf(
  { what, withinMs, hurriedMs }: Step,
  hurry: AbortSignal | undefined,
): Disposable & { readonly signal: AbortSignal } {
  const limit = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const abortAfter = (ms: number): void => {
    timers.push(setTimeout(() => limit.abort(new DeadlineError(what, ms)), ms));
  };
  const onHurry = (): void => abortAfter(hurriedMs);
  abortAfter(withinMs);
  if (hurry?.aborted) onHurry();
  else hurry?.addEventListener('abort', onHurry, { once: true });
  return {
    signal: limit.signal,
    [Symbol.dispose]() {
      for (const timer of timers) clearTimeout(timer);
      hurry?.removeEventListener('abort', onHurry);
    },
  };
}
