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
import { historyName } from '../history/file-names.ts';
import { runAll } from '../kernel/run-all.ts';
import { writeReports } from '../report/write-reports.ts';
import { dropLease } from '../sandbox/lease.ts';
import { bindScenario, type BoundScenario } from '../scenario/bind-scenario.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { recoveryLimit } from '../config/recovery-baseline.ts';
import { judgeRun } from './judge-run.ts';
import { createRecordedControls, describeFiles } from './reuse/recorded-controls.ts';
import { runSession, throwIfBroken, type Session } from './run-session.ts';
import type { VerifyOptions, VerifyResult } from './verify-options.ts';
import { createWorkQueue } from './work-queue.ts';

/**
 * Runs the scenarios and returns the report on them. An interrupted run has a report as well.
 * @throws InputError for a scenario that does not fit the fleet, before anything is recorded
 * @throws DrillbookError when the run broke; its report is written all the same, if the history allows
 */
export async function runVerify(options: VerifyOptions): Promise<VerifyResult> {
  const bound = options.scenarios.map((scenario) => bindForRun(scenario, options));
  const sandboxes = Math.max(1, Math.min(options.sandboxes, bound.length));
  const bypassProxies = bound.some((scenario) => mayBypassProxies(scenario, options));
  const files = options.reuseControlsMs === undefined ? [] : await describeFiles(options);
  const ended = await runSession({ ...options, sandboxes, bypassProxies }, (session) =>
    shareScenarios(session, bound, options, files),
  );
  const { endReason, kept } = ended;
  const interrupted = endReason?.kind === 'interrupted';
  /** An error after an early end is often only its consequence. */
  const throwFirst = (error: unknown): never => {
    throw endReason?.error ?? error;
  };
  const history = path.join(options.reportDir, historyName);
  const judged = await judgeRun(history, options.project.directory).catch(throwFirst);
  await writeReports(judged, options.reportDir).catch(throwFirst);
  // Without a lease the run counts as finished.
  await dropLease(options.reportDir);
  throwIfBroken(ended);
  return { report: judged.report, interrupted, kept };
}

/** Shares the scenarios among the sandboxes of the session, until none is left. */
async function shareScenarios(
  { run, environment, history, metrics, runners, signal }: Session,
  scenarios: readonly BoundScenario[],
  options: VerifyOptions,
  files: readonly string[],
): Promise<void> {
  const withinMs = options.reuseControlsMs;
  const controls =
    withinMs === undefined ? undefined : createRecordedControls({ ...options, run, environment, files, withinMs });
  // With several sandboxes long scenarios come first, so that all sandboxes finish at about the same time.
  const rank = runners.length > 1 ? urgency : () => 0;
  // A sandbox is rebuilt when the fleet must go through Toxiproxy, so the scenarios that need it come last.
  const detour = (one: BoundScenario): number => (mayBypassProxies(one, options) ? 0 : 1);
  const ordered = scenarios.toSorted((a, b) => detour(a) - detour(b) || rank(b) - rank(a));
  const queue = createWorkQueue(ordered, ({ demanding }) => demanding);
  await runAll(runners, signal, async (runner, within) => {
    for (let next = queue.take(); next; next = queue.take()) {
      const own = { ...options, signal: within, bypassProxies: mayBypassProxies(next, options) };
      await runner.run({ options: own, run, history, metrics, controls }, next);
      queue.done(next);
    }
  });
}

/** Whether the configuration lets the fleet bypass Toxiproxy, and the fault breaks no proxy. */
function mayBypassProxies({ fault }: BoundScenario, { project }: Pick<VerifyOptions, 'project'>): boolean {
  return project.config.withoutProxies !== undefined && !breaksProxy(fault);
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
