import type { Arm, Claim, EventBody } from '../history/events.ts';
import type { Cleanup } from '../kernel/disposal.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import type { ContainerWatch } from '../telemetry/watch-containers.ts';
import type { ArmView } from '../verdict/arm-view.ts';
import type { Load } from '../workload/generate-load.ts';
import type { Fleet } from './fleet-session.ts';
import type { runPhase } from './phase.ts';

export interface ArmOptions {
  readonly arm: Arm;
  readonly scenario: BoundScenario;
  readonly fleet: Fleet;
  readonly view: ArmView;
  readonly emit: (event: EventBody) => void;
  readonly signal: AbortSignal;
  readonly hurry: AbortSignal;
  readonly seed: number;
  readonly idPrefix: string;
  readonly castDir: string;
  /** Where the runbook's commands are typed: the directory of the compose file. */
  readonly projectDir: string;
  /** Whether the rest of the arm would change nothing any more. */
  readonly isDecided: () => boolean;
  /** Control arm: how long to watch at least, sandbox ms. */
  readonly watch?: {
    readonly sinceFaultMs: number;
    /** Since the moment at which the recovery would have begun. */
    readonly sinceRecoveryMs: number;
  };
  /** Control arm: how long the recovery may run before it is cut off, where that is asked for; real ms. */
  readonly cutAfterMs?: number;
}

/** What the parts of an arm share. */
export interface ArmParts extends ArmOptions {
  readonly cleanup: Cleanup;
  readonly load: Load;
  readonly containers: Pick<ContainerWatch, 'tell'>;
  /** Runs a phase between its events, at most so long, real ms. */
  readonly phase: (
    name: Parameters<typeof runPhase>[0],
    withinMs: number,
    work: (signal: AbortSignal) => Promise<void>,
  ) => Promise<'done' | 'timed-out'>;
  /** Waits until something shows in the record, at most so long, sandbox ms. */
  readonly until: (what: string, withinSandboxMs: number, probe: () => boolean) => Promise<true>;
}

/** How long each phase may take at most, sandbox ms. */
export const limits = {
  baseline: 240_000,
  inject: 300_000,
  detect: 180_000,
  achieve: 30_000,
  drain: 120_000,
  /** Until the last of the jobs that failed is tried again by itself. */
  retry: 600_000,
} as const;
/** How long symptoms may take to show in any case, real ms: thousands of jobs fail no sooner where the clock runs faster. */
export const leastDetectMs = 45_000;
/** Real time: what depends on the engine or on a person's block, not on the fleet's clock. */
export const startWithinMs = 90_000;

export function holdAll({ view }: ArmParts, claims: readonly Claim[]): boolean {
  return claims.every((claim) => view.holds(claim) === true);
}
