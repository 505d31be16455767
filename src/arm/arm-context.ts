import type { Arm, Claim, EventBody } from '../history/events.ts';
import type { Redaction } from '../history/redaction.ts';
import type { MetricsStretch } from '../history/metrics-writer.ts';
import type { Allowance } from '../kernel/allowance.ts';
import type { Cleanup, CleanupStep } from '../kernel/disposal.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import type { ContainerWatch } from '../telemetry/watch-containers.ts';
import type { ArmView } from '../verdict/arm-view.ts';
import type { Load } from '../workload/generate-load.ts';
import type { Fleet } from './fleet-session.ts';
import type { PhaseAllowances } from './phase-limits.ts';

/** What the caller decides about an arm. */
export interface ArmOptions {
  readonly arm: Arm;
  readonly scenario: BoundScenario;
  readonly fleet: Fleet;
  /** What this arm's events show so far. The caller feeds it. */
  readonly view: ArmView;
  readonly emit: (event: EventBody) => void;
  /** What the scrapes of this arm go to. */
  readonly metrics: MetricsStretch;
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Aborts on a second interrupt: cleanup then waits for the essential steps only. */
  readonly hurry: AbortSignal;
  readonly seed: number;
  /** Begins the name of every transcript. */
  readonly castPrefix: string;
  /** Folder for the transcripts. */
  readonly castDir: string;
  /** What the transcripts must not hold. */
  readonly redaction?: Redaction | undefined;
  /** Working directory of the runbook's commands: the folder of the compose file. */
  readonly projectDir: string;
  /** Whether the verdict of this arm is settled, so that the remaining phases can be skipped. */
  readonly isDecided: () => boolean;
  /** The fault lasts longer than its symptoms need, so that alert rules can be judged; sandbox ms. */
  readonly hold?: Hold | undefined;
  /** What the load is multiplied by, so many sandbox ms after its start. */
  readonly intensityAt?: ((sandboxMs: number) => number) | undefined;
  /** A person takes the place of the runbook's procedures. Only in a treatment arm. */
  readonly responder?: Responder | undefined;
  /** Required for a control arm. */
  readonly watch?: ControlWatch;
  /** Control arm: interrupts the recovery after this many real ms, then runs it again. Absent: runs no recovery. */
  readonly cutAfterMs?: number;
}

/** What a person does in place of the runbook's procedures. */
export interface Responder {
  /** How long `respond` may take. */
  readonly allowance: Allowance;
  /**
   * The fleet is steady, and nothing was done to it. The fault comes when this ends.
   * @returns false if the person has ended the drill before: then nothing is broken
   */
  awaitIncident(context: ArmContext, signal: AbortSignal): Promise<boolean>;
  /** The fault took effect, or the scenario has none. Ends when the person is done. */
  respond(context: ArmContext, signal: AbortSignal): Promise<void>;
  /** Ends the person's part in the arm. When it resolves, all that ran for the person has ended. */
  leave(): Promise<void>;
}

/** Sandbox ms. */
export interface Hold {
  /** From the fault's effect to the recovery, at least. Without a fault: how long the fleet is watched. */
  readonly brokenMs: number;
  /** From lasting health to the arm's end: alerts clear in it. */
  readonly clearMs: number;
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
   * Runs one phase and records its start and end. It may take as long as `phaseAllowances` says, unless told otherwise.
   */
  readonly phase: PhaseRunner;
  /** Polls until `probe` is true. @throws DeadlineError when the allowance is used up */
  readonly until: (what: string, allowance: Allowance, probe: () => boolean | Promise<boolean>) => Promise<true>;
}

export type PhaseRunner = (
  name: keyof PhaseAllowances,
  work: (signal: AbortSignal) => Promise<void>,
  allowance?: Allowance,
) => Promise<'done' | 'timed-out'>;

/** Whether every claim is known to be true at this moment. */
export function holdAll({ view }: Pick<ArmContext, 'view'>, claims: readonly Claim[]): boolean {
  return claims.every((claim) => view.holds(claim) === true);
}
