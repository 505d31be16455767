import { startAllowance, type Allowance } from '../kernel/allowance.ts';
import { monotonicMs, type SandboxClock } from '../kernel/clock.ts';
import { DeadlineError, formatError } from '../kernel/errors.ts';
import { abortable } from '../kernel/poll-until.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import type { EventBody, Phase } from '../history/events.ts';

/**
 * One phase of an arm: records its start and end, and bounds it. A phase that runs out of time is recorded and is no
 * error, because the verdict comes from what was observed. Anything else is thrown.
 */
export async function runPhase(
  phase: Phase,
  allowed: { readonly clock: Pick<SandboxClock, 'now' | 'waitUntil'>; readonly allowance: Allowance },
  emit: (event: EventBody) => void,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<'done' | 'timed-out'> {
  const began = monotonicMs();
  using limit = startAllowance(allowed.clock, allowed.allowance);
  const both = AbortSignal.any([signal, limit.over]);
  emit({ type: 'phase.started', phase });
  try {
    await abortable(work(both), both);
    emit({ type: 'phase.ended', phase, outcome: 'done' });
    return 'done';
  } catch (error) {
    if (signal.aborted) {
      emit({ type: 'phase.ended', phase, outcome: 'interrupted' });
      throw error;
    }
    if (limit.over.aborted || error instanceof DeadlineError) {
      const tookMs = Math.round(monotonicMs() - began);
      const message = error instanceof DeadlineError ? error.message : `the phase did not finish within ${tookMs} ms`;
      emit({ type: 'phase.ended', phase, outcome: 'timed-out', message });
      return 'timed-out';
    }
    emit({ type: 'phase.ended', phase, outcome: 'failed', message: reasonOf(error) });
    throw error;
  }
}

/**
 * One phase of the run as a whole. It must succeed: a failure and a timeout are both recorded and thrown.
 * An interrupt takes effect only when `work` has settled, so that everything it started is known to the clean-up.
 */
export async function requirePhase<T>(
  phase: Phase,
  withinMs: number,
  emit: (event: EventBody) => void,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = AbortSignal.timeout(withinMs);
  emit({ type: 'phase.started', phase });
  try {
    const result = await abortable(work(), limit);
    signal.throwIfAborted();
    emit({ type: 'phase.ended', phase, outcome: 'done' });
    return result;
  } catch (error) {
    const cause = limit.aborted ? new DeadlineError(`the end of phase \`${phase}\``, withinMs, error) : error;
    const outcome = signal.aborted ? 'interrupted' : limit.aborted ? 'timed-out' : 'failed';
    emit({ type: 'phase.ended', phase, outcome, message: formatError(cause) });
    throw cause;
  }
}
