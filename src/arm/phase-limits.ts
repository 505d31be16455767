import type { Arm, Phase, ScenarioPlan } from '../history/events.ts';
import type { Allowance } from '../kernel/allowance.ts';

/** What the fleet may take in each phase, sandbox ms: its timers run on the sandbox clock. */
export const fleetLimits = {
  baseline: 240_000,
  inject: 300_000,
  detect: 180_000,
  /** Until a step's `achieves` shows in the record. */
  achieve: 30_000,
  /** Until the jobs that are queued at the end are done. */
  drain: 120_000,
  /** Until the last failed job is retried by BullMQ itself. */
  retry: 600_000,
} as const;

/** What the engine or a block of the runbook may take, real ms: neither runs on the sandbox clock. */
const startWithinMs = 90_000;

/** The least real time for symptoms to show: thousands of jobs fail no sooner on a faster sandbox clock. */
const leastDetectMs = 45_000;
const leastInjectMs = 30_000;
/** The wait inside a phase must run out of time first: its error names what did not happen. */
const marginMs = 1000;

/** How long symptoms may take to show. */
export const detectAllowance: Allowance = { sandboxMs: fleetLimits.detect, realMs: leastDetectMs };

/** How long each phase of an arm may take. */
export type PhaseAllowances = Readonly<Record<Exclude<Phase, 'load' | 'teardown' | 'judge'>, Allowance>>;

export function phaseAllowances(
  arm: Arm,
  { health, mendedAfterMs = 0 }: Pick<ScenarioPlan, 'health' | 'mendedAfterMs'>,
): PhaseAllowances {
  return {
    start: { realMs: startWithinMs },
    baseline: { sandboxMs: fleetLimits.baseline, marginMs },
    inject: { sandboxMs: fleetLimits.inject, realMs: leastInjectMs },
    detect: { ...detectAllowance, marginMs },
    diagnose: { sandboxMs: mendedAfterMs, marginMs: startWithinMs * 4 },
    // A control arm runs its placebo here, if it has one; a recovery may need more and longer blocks.
    recover: { realMs: startWithinMs * (arm === 'control' ? 4 : 8) },
    settle: { sandboxMs: health.withinMs + health.sustainMs, marginMs },
    repeat: { realMs: startWithinMs * 8 },
    account: { sandboxMs: fleetLimits.drain + fleetLimits.retry, marginMs: 30_000 },
  };
}
