import type { RunStarted, ScenarioPlan } from '../history/events.ts';

/** How much longer the engine and a busy machine may take for the same work in another arm, real ms. */
const slowerMs = 2000;

/**
 * How long a control arm must be watched after the recovery would have begun, sandbox ms. Anything that cures there as
 * well may be slower on the same machine, and a lesser remedy may take twice as long as the procedure.
 * @param tookMs from the beginning of the treatment's recovery to its lasting health, sandbox ms
 */
export function requiredSinceRecovery(
  tookMs: number,
  { run, plan }: { readonly run: Pick<RunStarted, 'timeScale'>; readonly plan: Pick<ScenarioPlan, 'control'> },
): number {
  const lesserRemedy = plan.control.instead.length > 0;
  return tookMs * (lesserRemedy ? 2 : 1) + slowerMs * run.timeScale;
}
