import path from 'node:path';

import type { Hold } from '../arm/arm-context.ts';
import { createLiveProgress } from '../live/live-progress.ts';
import { runVerify } from '../run/run-verify.ts';
import { defined } from '../kernel/defined.ts';
import type { VerifyResult } from '../run/verify-options.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { readSetupManifest, withVersions } from '../sandbox/setup-manifest.ts';
import type { Project } from '../scenario/load-project.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { interruptible } from './interruptible.ts';
import type { Flags } from './options.ts';
import { newRunId } from './select-scenarios.ts';
import { useColor } from './use-color.ts';
import { drillbookVersion } from './version.ts';

export interface RunHere {
  readonly directory: string;
  readonly project: Project;
  readonly runbook: Runbook;
  readonly scenarios: readonly LoadedScenario[];
  readonly flags: Flags<'timeScale' | 'seed'> &
    Partial<Flags<'bullmq' | 'redis' | 'keep' | 'sandboxes' | 'repeat' | 'reuseControls'>>;
  /** Every scenario runs, and the blocks that none runs count. */
  readonly whole?: boolean;
  readonly hold?: Hold;
  readonly intensityAt?: (sandboxMs: number) => number;
}

/**
 * Runs the scenarios and shows the progress on stderr. Ctrl-C interrupts the run, a second one hurries its clean-up.
 */
export async function runHere(run: RunHere): Promise<VerifyResult & { readonly reportDir: string }> {
  const { directory, project, runbook, scenarios, flags, whole, hold, intensityAt } = run;
  const manifest = withVersions(await readSetupManifest(directory), flags);
  const runId = newRunId();
  const reportDir = path.join(directory, 'reports', runId);
  const progress = createLiveProgress(process.stderr, { live: useColor(process.stderr) });
  const interrupts = interruptible();
  try {
    const result = await runVerify({
      project,
      runbook,
      scenarios,
      manifest,
      timeScale: flags.timeScale ?? project.config.timeScale,
      seed: flags.seed,
      keep: flags.keep === true,
      sandboxes: flags.keep ? 1 : (flags.sandboxes ?? project.config.sandboxes),
      repeat: flags.repeat === true,
      reuseControlsMs: flags.reuseControls,
      version: await drillbookVersion(),
      runId,
      reportDir,
      onEvent: (event) => progress.apply(event),
      signal: interrupts.signal,
      hurry: interrupts.hurry,
      ...defined({ whole, hold, intensityAt }),
    });
    // If the interrupt comes after the run finished, the verdict still stands, but the exit code is 130:
    // the caller who interrupted it expects that.
    return { ...result, interrupted: result.interrupted || interrupts.signal.aborted, reportDir };
  } finally {
    progress.end();
  }
}
