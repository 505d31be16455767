import type { Hold } from '../arm/arm-context.ts';
import type { HistoryEvent } from '../history/events.ts';
import type { Redaction } from '../history/redaction.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { SetupManifest } from '../sandbox/setup-manifest.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import type { RunReport } from '../verdict/run-report.ts';
import type { Project } from '../scenario/load-project.ts';

export interface VerifyOptions {
  readonly project: Project;
  readonly runbook: Runbook;
  readonly scenarios: readonly LoadedScenario[];
  readonly manifest: SetupManifest;
  /** Sandbox seconds per real second. */
  readonly timeScale: number;
  /** Decides the load. The same seed gives the same jobs. */
  readonly seed: number;
  /** Leaves the sandbox up after the run. Needs `sandboxes: 1`. */
  readonly keep: boolean;
  /** How many sandboxes run side by side. The scenarios are shared among them. */
  readonly sandboxes: number;
  /** Runs each recovery again: on the fleet it has healed, and after it was stopped half-way. */
  readonly repeat: boolean;
  /**
   * A recorded control arm replaces a new one if it is younger than this and only the recovery has changed; real ms.
   */
  readonly reuseControlsMs?: number | undefined;
  /** The run is of all scenarios, so every block of the runbook must be run and judged (check `coverage`). */
  readonly whole?: boolean;
  /**
   * Ends a scenario as soon as one of its checks has failed for good. For callers that need no more than the verdict.
   */
  readonly stopAtFailure?: boolean;
  /**
   * The fleet bypasses Toxiproxy, as `withoutProxies` of the configuration says. Only for faults that break no proxy.
   */
  readonly bypassProxies?: boolean;
  /**
   * For alert rules: each fault lasts at least so long, and the fleet is watched after its recovery. There is no
   * control arm, and jobs are not accounted for.
   */
  readonly hold?: Hold;
  /** What the load is multiplied by, so many sandbox ms after its start. */
  readonly intensityAt?: (sandboxMs: number) => number;
  /** The rate of the sandbox's clock may change while it runs. Its programs then notice a change within 20 ms. */
  readonly mayChangeRate?: boolean;
  /** What is left out of the history and of the transcripts before they are written. Only drills have it. */
  readonly redaction?: Redaction | undefined;
  /** The command that owns the sandboxes, as leases name it. Absent: `verify`. */
  readonly command?: string;
  readonly version: string;
  readonly runId: string;
  /** Folder of the history, the transcripts, the logs and the reports. */
  readonly reportDir: string;
  readonly onEvent: (event: HistoryEvent) => void;
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Aborts on a second interrupt: only the essential clean-up is still waited for. */
  readonly hurry: AbortSignal;
}

export interface VerifyResult {
  readonly report: RunReport;
  readonly interrupted: boolean;
  /** The sandbox that `keep` left up. */
  readonly kept: Sandbox | undefined;
}
