import type { Arm, Phase, ScenarioPlan } from '../history/events.ts';
import type { SandboxClock } from '../kernel/clock.ts';

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

/** How long symptoms may take to show, sandbox ms. */
export function detectLimit(clock: Pick<SandboxClock, 'toSandboxMs'>): number {
  return Math.max(fleetLimits.detect, clock.toSandboxMs(leastDetectMs));
}

/** The deadline of each phase of an arm, real ms. */
export type PhaseDeadlines = Readonly<Record<Exclude<Phase, 'load' | 'teardown' | 'judge'>, number>>;

export function phaseDeadlines(
  arm: Arm,
  { health, mendedAfterMs = 0 }: Pick<ScenarioPlan, 'health' | 'mendedAfterMs'>,
  clock: Pick<SandboxClock, 'toRealMs' | 'toSandboxMs'>,
): PhaseDeadlines {
  return {
    start: startWithinMs,
    baseline: clock.toRealMs(fleetLimits.baseline) + marginMs,
    inject: Math.max(leastInjectMs, clock.toRealMs(fleetLimits.inject)),
    detect: clock.toRealMs(detectLimit(clock)) + marginMs,
    diagnose: startWithinMs * 4 + clock.toRealMs(mendedAfterMs),
    // A control arm runs its placebo here, if it has one; a recovery may need more and longer blocks.
    recover: startWithinMs * (arm === 'control' ? 4 : 8),
    settle: clock.toRealMs(health.withinMs + health.sustainMs) + marginMs,
    repeat: startWithinMs * 8,
    account: clock.toRealMs(fleetLimits.drain + fleetLimits.retry) + 30_000,
  };
}
