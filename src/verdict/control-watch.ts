import type { RunStarted, ScenarioPlan } from '../history/events.ts';

/** What the engine and a busy machine may take longer for the same work in one arm than in another, real ms. */
const slowerMs = 2000;

/**
 * For how long after the recovery would have begun a control arm must be watched, sandbox ms: what cures in it as well cures later there by what
 * the machine takes longer, and a lesser remedy may take twice as long as the procedure.
 */
export function requiredSinceRecovery(
  tookMs: number,
  { run, plan }: { readonly run: Pick<RunStarted, 'timeScale'>; readonly plan: Pick<ScenarioPlan, 'control'> },
): number {
  const lesserRemedy = plan.control.instead.length > 0;
  return tookMs * (lesserRemedy ? 2 : 1) + slowerMs * run.timeScale;
}
