import { DeadlineError } from '../kernel/errors.ts';
import { abortable } from '../kernel/poll-until.ts';
import type { EventBody, Phase } from '../history/events.ts';

/**
 * Runs one phase between its two events, under a deadline of its own. A phase that does not finish in time is
 * recorded as such and is no exception: the verdict comes from what was observed. Anything else is thrown.
 */
export async function runPhase(
  phase: Phase,
  withinMs: number,
  emit: (event: EventBody) => void,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<'done' | 'timed-out'> {
  const limit = AbortSignal.timeout(Math.ceil(withinMs));
  const both = AbortSignal.any([signal, limit]);
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
    if (limit.aborted || error instanceof DeadlineError) {
      const message = error instanceof DeadlineError ? error.message : `not finished within ${Math.round(withinMs)} ms`;
      emit({ type: 'phase.ended', phase, outcome: 'timed-out', message });
      return 'timed-out';
    }
    emit({
      type: 'phase.ended',
      phase,
      outcome: 'failed',
      message: error instanceof Error ? error.message : String(error),
    });
    throw error;
  }
}
