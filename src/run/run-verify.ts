/**
 * `drillbook verify`: runs scenarios against one runbook and judges the recorded run.
 *
 * 1. Bind every scenario to the runbook. Input that cannot be used is refused here, before anything is recorded.
 * 2. Start the sandboxes (run-session.ts: `load`, `start`), and share the scenarios among them.
 * 3. Per scenario: a treatment arm and, if it passed, a control arm (run-scenario.ts, run-arm.ts).
 * 4. Take everything down (`teardown`), whatever happened.
 * 5. Read `history.jsonl` back, judge it and write the reports. They come from that file alone.
 */
import path from 'node:path';

import { breaksProxy, summariseFault } from '../faults/faults.ts';
import { readHistory } from '../history/reader.ts';
import { runAll } from '../kernel/run-all.ts';
import { writeReports } from '../report/write-reports.ts';
import { dropLease } from '../sandbox/lease.ts';
import { bindScenario, type BoundScenario } from '../scenario/bind-scenario.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { recoveryLimit } from '../config/recovery-baseline.ts';
import { judge } from '../verdict/judge.ts';
import { historyName } from './finish-dead-runs.ts';
import { createRecordedControls, describeFiles } from './reuse/recorded-controls.ts';
import { runSession, throwIfBroken } from './run-session.ts';
import type { VerifyOptions, VerifyResult } from './verify-options.ts';
import { createWorkQueue } from './work-queue.ts';

/**
 * Runs the scenarios and returns the report on them. An interrupted run has a report as well.
 * @throws InputError for a scenario that does not fit the fleet, before anything is recorded
 * @throws DrillbookError when the run broke; its report is written all the same, if the history allows
 */
export async function runVerify(options: VerifyOptions): Promise<VerifyResult> {
  const bound = options.scenarios.map((scenario) => bindForRun(scenario, options));
  const canBypass = options.project.config.withoutProxies !== undefined;
  const bypassProxies = ({ fault }: BoundScenario): boolean => canBypass && !breaksProxy(fault);
  const sandboxes = Math.max(1, Math.min(options.sandboxes, bound.length));
  const { reuseControlsMs: withinMs } = options;
  const files = withinMs === undefined ? [] : await describeFiles(options);
  const ended = await runSession(
    { ...options, sandboxes, bypassProxies: bound.some(bypassProxies) },
    async ({ run, environment, history, runners, signal }) => {
      const controls =
        withinMs === undefined ? undefined : createRecordedControls({ ...options, run, environment, files, withinMs });
      // With several sandboxes long scenarios come first, so that all sandboxes finish at about the same time.
      const rank = runners.length > 1 ? urgency : () => 0;
      // A sandbox is rebuilt when the fleet is to go through Toxiproxy, so the scenarios that need it come last.
      const detour = (one: BoundScenario): number => (bypassProxies(one) ? 0 : 1);
      const all = bound.toSorted((a, b) => detour(a) - detour(b) || rank(b) - rank(a));
      const queue = createWorkQueue(all, ({ demanding }) => demanding);
      await runAll(runners, signal, async (runner, within) => {
        for (let next = queue.take(); next; next = queue.take()) {
          const how = { ...options, signal: within, bypassProxies: bypassProxies(next) };
          await runner.run({ options: how, run, history, controls }, next);
          queue.done(next);
        }
      });
    },
  );
  const { endReason, kept } = ended;
  const interrupted = endReason?.kind === 'interrupted';
  /** An error after an early end is often only its consequence. */
  const throwFirst = (error: unknown): never => {
    throw endReason?.error ?? error;
  };
  const report = await judge(readHistory(path.join(options.reportDir, historyName))).catch(throwFirst);
  await writeReports(report, options.reportDir).catch(throwFirst);
  // Without a lease the run counts as finished.
  await dropLease(options.reportDir);
  throwIfBroken(ended);
  return { report, interrupted, kept };
}

/** Demanding scenarios first, because only one of them runs at a time; then those with a control arm. */
function urgency({ demanding, plan }: BoundScenario): number {
  return (demanding ? 2 : 0) + (plan.control.enabled ? 1 : 0);
}

/**
 * Binds a scenario to the runbook, and adds what this run decides: the time limit of its recovery (from the baseline),
 * and whether the recovery is repeated.
 */
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
