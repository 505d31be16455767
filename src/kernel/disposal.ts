import { DeadlineError } from './errors.ts';
import { abortable } from './poll-until.ts';

/**
 * Runs every step, last added first, each under its own deadline and none of them cancellable from
 * outside. A step that fails does not stop the others; the first error is what is reported.
 */
export class Cleanup {
  readonly #steps: { readonly what: string; readonly withinMs: number; readonly undo: () => Promise<void> }[] = [];

  add(what: string, withinMs: number, undo: () => Promise<void>): void {
    this.#steps.push({ what, withinMs, undo });
  }

  /** Runs one step now, ahead of its turn; it will not run again. An error is thrown. */
  async runNow(what: string): Promise<void> {
    const index = this.#steps.findLastIndex((step) => step.what === what);
    const [step] = index < 0 ? [] : this.#steps.splice(index, 1);
    if (step) await abortable(step.undo(), AbortSignal.timeout(step.withinMs));
  }

  /** Errors in the order in which the steps ran; empty when all went well. Safe to call twice. */
  async run(): Promise<readonly Error[]> {
    const errors: Error[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const limit = AbortSignal.timeout(step.withinMs);
      try {
        await abortable(step.undo(), limit);
      } catch (error) {
        errors.push(
          limit.aborted
            ? new DeadlineError(step.what, step.withinMs, error)
            : new Error(`${step.what}: ${String(error)}`, { cause: error }),
        );
      }
    }
    return errors;
  }
}
