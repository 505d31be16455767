import type { ControlWatch } from '../arm/arm-context.ts';
import type { RunStarted, ScenarioPlan } from '../history/events.ts';
import type { ArmRecord } from '../record/arm-record.ts';
import { requiredSinceRecovery } from '../verdict/control-watch.ts';

/** Sandbox ms. Longer than BullMQ's self-healing: a lock expires in 30 s, the stalled check finds it within 30 s. */
const selfHealingMs = 65_000;
/** The last sample comes a little before the watch ends. Sandbox ms. */
const watchMarginMs = 5_000;
/**
 * The share of the treatment arm's recovery time after which the recovery is cut off. A repeated recovery can be 1.5
 * times as fast, and must still be cut off before it ends.
 */
const cutAfterShare = 0.4;

/** Sandbox instants of a treatment arm that recovered. */
export interface TreatmentTimes {
  readonly brokenSince: number;
  readonly recoveryBegan: number;
  readonly healthySince: number;
}

/** How long the control arm must be watched: at least as long as the treatment arm needed to become healthy. */
export function planWatch(
  { brokenSince, recoveryBegan, healthySince }: TreatmentTimes,
  run: Pick<RunStarted, 'timeScale'>,
  plan: Pick<ScenarioPlan, 'control'>,
): ControlWatch {
  return {
    sinceFaultMs: Math.max(selfHealingMs, healthySince - brokenSince) + watchMarginMs,
    sinceRecoveryMs: requiredSinceRecovery(healthySince - recoveryBegan, { run, plan }) + watchMarginMs,
  };
}

/** When to cut off a recovery that takes as long as that of the treatment arm; real ms since its start. */
export function planCut({ procedures }: Pick<ArmRecord, 'procedures'>): number {
  const tookMs = procedures
    .filter(({ started }) => started.purpose === 'recovery')
    .reduce((sum, { ended }) => sum + (ended?.durationMs ?? 0), 0);
  return tookMs * cutAfterShare;
}
