import path from 'node:path';

import { summariseFault } from '../faults/faults.ts';
import { readHistory } from '../history/reader.ts';
import { together } from '../kernel/run-all.ts';
import { writeReports } from '../report/write-reports.ts';
import { dropLease } from '../sandbox/lease.ts';
import { bindScenario, type BoundScenario } from '../scenario/bind-scenario.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { recoveryLimit } from '../config/recovery-baseline.ts';
import { judge } from '../verdict/judge.ts';
import { historyName } from './finish-dead-runs.ts';
import { createRecordedControls, describeFiles } from './reuse/recorded-controls.ts';
import { runSession } from './run-session.ts';
import type { VerifyOptions, VerifyResult } from './verify-options.ts';
import { createWorkQueue } from './work-queue.ts';

/**
 * Runs the scenarios against one runbook and judges the recorded run. What cannot be used is refused before anything is
 * recorded; from then on everything is, so that a run that dies can be judged from the phase `load` on.
 */
export async function runVerify(options: VerifyOptions): Promise<VerifyResult> {
  const bound = options.scenarios.map((scenario) => bindForRun(scenario, options));
  const sandboxes = Math.max(1, Math.min(options.sandboxes, bound.length));
  const { reuseControlsMs: withinMs } = options;
  const files = withinMs === undefined ? [] : await describeFiles(options);
  const ended = await runSession({ ...options, sandboxes }, async ({ run, environment, history, lanes, signal }) => {
    const controls =
      withinMs === undefined ? undefined : createRecordedControls({ ...options, run, environment, files, withinMs });
    const all = [...bound];
    // The longer ones first, so that no sandbox is left waiting for the others for long.
    if (lanes.length > 1) all.sort((a, b) => urgency(b) - urgency(a));
    const queue = createWorkQueue(all, ({ demanding }) => demanding);
    await together(lanes, signal, async (lane, within) => {
      for (let next = queue.take(); next; next = queue.take()) {
        await lane.run({ options: { ...options, signal: within }, run, history, controls }, next);
        queue.done(next);
      }
    });
  });
  const { interrupted, failure, historyBroken, kept } = ended;
  const report = await judge(readHistory(path.join(options.reportDir, historyName))).catch((error: unknown) => {
    throw failure ?? error;
  });
  await writeReports(report, options.reportDir).catch((error: unknown) => {
    throw failure ?? error;
  });
  await dropLease(options.reportDir);
  if (failure !== undefined && (!interrupted || historyBroken)) throw failure;
  return { report, interrupted, kept };
}

/** The demanding ones first, for they may not run side by side; then those that have two arms. */
function urgency({ demanding, plan }: BoundScenario): number {
  return (demanding ? 2 : 0) + (plan.control.enabled ? 1 : 0);
}

/** The scenario as this run is to judge it: with the limit of its recovery, and whether that is run again. */
export function bindForRun(
  scenario: LoadedScenario,
  { runbook, project, timeScale, repeat }: Pick<VerifyOptions, 'runbook' | 'project' | 'timeScale' | 'repeat'>,
): BoundScenario {
  const bound = bindScenario(scenario, runbook, project.config, summariseFault);
  const budget = project.config.recoveryBudget;
  const limit = project.baseline && recoveryLimit(project.baseline, scenario.id, { timeScale, budget });
  const plan = {
    ...bound.plan,
    ...(limit ? { recoveryLimit: limit } : {}),
    ...(repeat && scenario.recovery.length > 0 ? { repeat } : {}),
  };
  return { ...bound, plan };
}
