import type { ArmRecord } from '../record/arm-record.ts';
import { busyBetween } from '../record/cpu-pressure.ts';
import type { RunRecord } from '../record/run-record.ts';
import { steadyMs } from '../record/steady-state.ts';
import { truthOf, type ArmTruth } from './truth.ts';

export interface WatchedArm {
  readonly truth: ArmTruth;
  readonly healthy: HealthyStretch | undefined;
}

/** A part of an arm in which the fleet was seen to be healthy, and nothing was done to it. Sandbox ms since 1970. */
interface HealthyStretch {
  readonly fromS: number;
  readonly untilS: number;
  /** Why an alarm in it proves nothing. */
  readonly problem: string | undefined;
}

export function watchedArms(record: RunRecord): readonly WatchedArm[] {
  return truthOf(record).map((truth) => {
    const scenario = record.scenarios.get(truth.scenario);
    const arm = scenario?.arms[truth.arm];
    return { truth, healthy: scenario && arm && healthyStretchOf(arm, scenario.plan.health.sustainMs) };
  });
}

/**
 * The steady state, until the phase that follows it: the fault, a block, or the end of the load.
 * @param sustainMs how long the scenario wants health to last
 * @returns undefined if there was no steady state
 */
function healthyStretchOf(arm: ArmRecord, sustainMs: number): HealthyStretch | undefined {
  const baseline = arm.phase('baseline')?.ended;
  if (!arm.started || baseline?.outcome !== 'done') return undefined;
  const next = arm.phases.find(({ started }) => started.t >= baseline.t)?.started;
  const over = next ?? arm.ended ?? arm.last;
  if (!over) return undefined;
  return {
    fromS: baseline.s - Math.min(steadyMs, sustainMs),
    untilS: over.s,
    problem: busyBetween(arm, arm.started.t, over.t),
  };
}
