import type { HistoryEvent } from '../history/events.ts';
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
  readonly timeScale: number;
  readonly seed: number;
  readonly keep: boolean;
  /** How many sandboxes the scenarios are shared out to. */
  readonly sandboxes: number;
  /** Each recovery is run again: on the healthy fleet, and after it was cut off half-way. */
  readonly repeat: boolean;
  /** A control arm that is so old may stand in for one that would be run, if nothing but the recovery has changed since; real ms. */
  readonly reuseControlsMs?: number | undefined;
  /** A scenario ends as soon as something of it has failed: where only that it fails is asked. */
  readonly stopAtFailure?: boolean;
  readonly version: string;
  readonly runId: string;
  readonly reportDir: string;
  readonly onEvent: (event: HistoryEvent) => void;
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Aborts when it is interrupted once more: only what must be undone is still waited for. */
  readonly hurry: AbortSignal;
}

export interface VerifyResult {
  readonly report: RunReport;
  readonly interrupted: boolean;
  readonly kept: Sandbox | undefined;
}
