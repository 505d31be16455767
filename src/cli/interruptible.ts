import { monotonicMs } from '../kernel/clock.ts';
import { exitCode } from '../kernel/errors.ts';

export interface Interrupts {
  /** Aborts on the first SIGINT, SIGTERM or SIGHUP and remembers why: the run is to end, heal and be torn down. */
  readonly signal: AbortSignal;
  /** Aborts on the second: nothing but the removal itself is waited for. */
  readonly hurry: AbortSignal;
}

/** One Ctrl-C arrives twice when the terminal and whoever started us both pass it on; real ms. */
const sameInterruptMs = 500;
/** From the second interrupt to the end of the process, whatever still hangs; real ms. */
const hurriedWithinMs = 45_000;

/**
 * Interrupts of a run. The first ends it in good order, under the clean-up's own deadlines; the second cuts short what is
 * only nice to have; more change nothing. The process is gone 45 s after the second, even should the engine not answer.
 * They are heeded to the process' very end, so that one that comes late does not change its exit code.
 */
export function interruptible(): Interrupts {
  const first = new AbortController();
  const second = new AbortController();
  let since = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!first.signal.aborted) {
        since = monotonicMs();
        process.stderr.write(`\n${name}: healing and tearing down; once more to hurry\n`);
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
  process.stderr.write('drillbook: the sandbox could not be removed in time; "drillbook sandbox clean" removes it\n');
  process.exit(exitCode.interrupted);
}
