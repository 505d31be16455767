import type { Arm, Claim, EventBody } from '../history/events.ts';
import type { Cleanup, CleanupStep } from '../kernel/disposal.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import type { ContainerWatch } from '../telemetry/watch-containers.ts';
import type { ArmView } from '../verdict/arm-view.ts';
import type { Load } from '../workload/generate-load.ts';
import type { Fleet } from './fleet-session.ts';
import type { PhaseDeadlines } from './phase-limits.ts';

/** What the caller decides about an arm. */
export interface ArmOptions {
  readonly arm: Arm;
  readonly scenario: BoundScenario;
  readonly fleet: Fleet;
  /** What this arm's events show so far. The caller feeds it. */
  readonly view: ArmView;
  readonly emit: (event: EventBody) => void;
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Aborts on a second interrupt: cleanup then waits for the essential steps only. */
  readonly hurry: AbortSignal;
  readonly seed: number;
  /** Begins the id of every job of this arm, and the name of every transcript. */
  readonly idPrefix: string;
  /** Folder for the transcripts. */
  readonly castDir: string;
  /** Working directory of the runbook's commands: the folder of the compose file. */
  readonly projectDir: string;
  /** Whether the verdict of this arm is settled, so that the remaining phases can be skipped. */
  readonly isDecided: () => boolean;
  /** Required for a control arm. */
  readonly watch?: ControlWatch;
  /** Control arm: interrupts the recovery after this many real ms, then runs it again. Absent: runs no recovery. */
  readonly cutAfterMs?: number;
}

/** How long a control arm is watched at least, sandbox ms. Both times must have passed. */
export interface ControlWatch {
  readonly sinceFaultMs: number;
  /** Counted from the moment at which the treatment arm would begin its recovery. */
  readonly sinceRecoveryMs: number;
}

/** What the phases of an arm share. */
export interface ArmContext extends ArmOptions {
  readonly cleanup: Cleanup;
  readonly load: Load;
  readonly stopLoad: CleanupStep;
  readonly containers: Pick<ContainerWatch, 'record'>;
  /**
   * Runs one phase and records its start and end. Its deadline is that of `phaseDeadlines` unless `withinMs` is given.
   */
  readonly phase: PhaseRunner;
  /** Polls until `probe` is true. @throws DeadlineError after `withinSandboxMs` */
  readonly until: (what: string, withinSandboxMs: number, probe: () => boolean | Promise<boolean>) => Promise<true>;
}

/** @param withinMs real ms */
export type PhaseRunner = (
  name: keyof PhaseDeadlines,
  work: (signal: AbortSignal) => Promise<void>,
  withinMs?: number,
) => Promise<'done' | 'timed-out'>;

/** Whether every claim is known to be true at this moment. */
export function holdAll({ view }: Pick<ArmContext, 'view'>, claims: readonly Claim[]): boolean {
  return claims.every((claim) => view.holds(claim) === true);
}
