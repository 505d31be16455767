import { monotonicMs } from '../kernel/clock.ts';
import { exitCode } from '../kernel/errors.ts';

export interface Interrupts {
  /** Aborts on the first SIGINT, SIGTERM or SIGHUP. The reason names the signal. The run ends, heals and tears down. */
  readonly signal: AbortSignal;
  /** Aborts on the second. The run then waits only for the removal of its sandbox. */
  readonly hurry: AbortSignal;
}

/** The terminal and the parent process may both pass on one Ctrl-C. Signals this close together count once; real ms. */
const sameInterruptMs = 500;
/** Longest time from the second interrupt to the end of the process; real ms. */
const hurriedWithinMs = 45_000;

/**
 * Interrupts of a run.
 * - The first ends it in good order, under the deadlines of the clean-up.
 * - The second skips everything optional. The process ends within 45 s even if the engine does not answer.
 * - Further ones change nothing.
 * The handlers stay until the process ends, so that a late signal does not change its exit code.
 */
export function interruptible(): Interrupts {
  const first = new AbortController();
  const second = new AbortController();
  let since = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!first.signal.aborted) {
        since = monotonicMs();
        process.stderr.write(`\n${name}: healing and tearing down; interrupt again to hurry\n`);
        first.abort(new Error(`interrupted by ${name}`));
      } else if (!second.signal.aborted && monotonicMs() - since >= sameInterruptMs) {
        process.stderr.write(`\n${name} again: removing the sandbox without waiting for anything else\n`);
        setTimeout(giveUp, hurriedWithinMs).unref();
        second.abort(new Error(`interrupted again by ${name}`));
      }
    });
  }
  return { signal: first.signal, hurry: second.signal };
}

function giveUp(): void {
  process.stderr.write('drillbook: the sandbox was not removed in time; run "drillbook sandbox clean"\n');
  process.exit(exitCode.interrupted);
}
