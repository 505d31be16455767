import { DeadlineError } from './errors.ts';
import { abortable } from './poll-until.ts';

interface Step {
  readonly what: string;
  readonly withinMs: number;
  /** How long it is still waited for once somebody is in a hurry; 0: then it is not begun at all. */
  readonly hurriedMs: number;
  readonly undo: () => Promise<void>;
}

const defaultHurriedMs = 500;

/**
 * Runs every step, last added first, each under its own deadline and none of them cancellable from
 * outside; `hurry` shortens their deadlines to the ones stated for it. A step that fails does not stop the others.
 */
export class Cleanup {
  readonly #steps: Step[] = [];
  readonly #hurry: AbortSignal | undefined;

  constructor(hurry?: AbortSignal) {
    this.#hurry = hurry;
  }

  add(what: string, withinMs: number, undo: () => Promise<void>, hurriedMs = defaultHurriedMs): void {
    this.#steps.push({ what, withinMs, hurriedMs: Math.min(withinMs, hurriedMs), undo });
  }

  /** Runs one step now, ahead of its turn; it will not run again. An error is thrown. */
  async runNow(what: string): Promise<void> {
    const index = this.#steps.findLastIndex((step) => step.what === what);
    const [step] = index < 0 ? [] : this.#steps.splice(index, 1);
    if (step) await this.#carryOut(step);
  }

  /** Errors in the order in which the steps ran; empty when all went well. Safe to call twice. */
  async run(): Promise<readonly Error[]> {
    const errors: Error[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const { what } = step;
      await this.#carryOut(step).catch((error: unknown) => {
        errors.push(error instanceof DeadlineError ? error : new Error(`${what}: ${String(error)}`, { cause: error }));
      });
    }
    return errors;
  }

  async #carryOut(step: Step): Promise<void> {
    if (this.#hurry?.aborted && step.hurriedMs === 0) return;
    using limit = limitOf(step, this.#hurry);
    await abortable(step.undo(), limit.signal);
  }
}

/** Aborts with a DeadlineError after `withinMs`, or `hurriedMs` after `hurry` did, whichever comes first. */
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
