import path from 'node:path';

import { summariseFault } from '../faults/faults.ts';
import type { EventBody } from '../history/events.ts';
import { readHistory } from '../history/reader.ts';
import { createHistoryWriter } from '../history/writer.ts';
import { createSandboxClock } from '../kernel/clock.ts';
import { Cleanup } from '../kernel/disposal.ts';
import { formatError } from '../kernel/errors.ts';
import { together } from '../kernel/together.ts';
import { writeReports } from '../report/write-reports.ts';
import { connectEngine } from '../sandbox/engine.ts';
import { dropLease, takeLease, writeLease } from '../sandbox/lease.ts';
import { watchEngine } from '../sandbox/watch-engine.ts';
import { bindScenario, type BoundScenario } from '../scenario/bind-scenario.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { recoveryLimit } from '../scenario/recovery-baseline.ts';
import { judge } from '../verdict/judge.ts';
import { clearLeftovers } from './clear-leftovers.ts';
import { environmentOf, runStarted } from './describe-run.ts';
import { historyName } from './finish-dead-runs.ts';
import { requirePhase } from './phase.ts';
import { runScenario } from './run-scenario.ts';
import { rebuildFleet, startFleet, startFleetWithinMs, type RunParts } from './start-fleet.ts';
import type { VerifyOptions, VerifyResult } from './verify-options.ts';

/** Limits of what a run does as a whole, real time. */
const loadWithinMs = 60_000;
const clearWithinMs = 30_000;

/**
 * Runs the scenarios against one runbook and judges the recorded run. What cannot be used is refused before anything is
 * recorded; from then on everything is, so that a run that dies can be judged from the phase `load` on.
 */
export async function runVerify(options: VerifyOptions): Promise<VerifyResult> {
  const bound = options.scenarios.map((scenario) => bind(scenario, options));
  const docker = await connectEngine();
  const lease = takeLease(options.project.directory, 'verify');
  // From here on whatever there is of this run says whose it is, to whoever finds it.
  await writeLease(options.reportDir, lease);
  const clock = createSandboxClock(options.timeScale);
  const historyFile = path.join(options.reportDir, historyName);
  const history = createHistoryWriter(historyFile, clock);
  history.subscribe(options.onEvent);
  const parts: RunParts = {
    docker,
    lease,
    clock,
    history,
    cleanup: new Cleanup(options.hurry),
    kept: undefined,
    started: 0,
  };
  const over = new AbortController();
  const lost = new AbortController();
  const signal = AbortSignal.any([options.signal, history.broken, lost.signal]);
  let failure: unknown;
  try {
    await watchEngine(
      docker,
      (error) => {
        history.emit({ type: 'broken', reason: formatError(error) });
        lost.abort(error);
      },
      over.signal,
    );
    await carryOut({ ...options, signal }, bound, parts);
  } catch (error) {
    // What was thrown is often only what followed from it.
    failure = signal.aborted ? signal.reason : error;
  }
  over.abort();
  const interrupted = options.signal.aborted && (failure === undefined || failure === options.signal.reason);
  await endRun(options, parts, interrupted, lost.signal.aborted ? undefined : failure);
  if (history.broken.aborted) failure = history.broken.reason;
  const report = await judge(readHistory(historyFile)).catch((error: unknown) => {
    throw failure ?? error;
  });
  await writeReports(report, options.reportDir).catch((error: unknown) => {
    throw failure ?? error;
  });
  await dropLease(options.reportDir);
  if (failure !== undefined && (!interrupted || history.broken.aborted)) throw failure;
  return { report, interrupted, kept: parts.kept };
}

function bind(scenario: LoadedScenario, { runbook, project, timeScale, repeat }: VerifyOptions): BoundScenario {
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

/** Everything from the phase `load` to the end of the last scenario. What is to be undone goes to the clean-up. */
async function carryOut(options: VerifyOptions, bound: readonly BoundScenario[], parts: RunParts): Promise<void> {
  const { docker, history, cleanup } = parts;
  const { signal, project } = options;
  const emit = (event: EventBody): void => history.emit(event);
  const run = runStarted(options);
  emit(run);
  await requirePhase('load', loadWithinMs, emit, signal, async () => {
    const clear = async (): Promise<void> => {
      const { done, stuck } = await clearLeftovers(docker, project.directory, { kept: false });
      for (const message of [...done, ...stuck]) emit({ type: 'note', message: `of dead runs: ${message}` });
    };
    await clear();
    // Once more at the end: what a run had asked the engine for as it was killed may have come to be since.
    cleanup.add('clearing what dead runs left', clearWithinMs, clear, 0);
  });
  const leases = [parts.lease];
  while (leases.length < Math.min(options.sandboxes, bound.length)) leases.push(takeLease(project.directory, 'verify'));
  const fleets = await requirePhase('start', startFleetWithinMs, emit, signal, async () => {
    const started = await together(leases, signal, (lease, within) =>
      startFleet({ ...options, signal: within }, parts, lease),
    );
    for (const fleet of started.slice(0, 1)) emit(await environmentOf(options, fleet));
    return started;
  });
  const waiting = [...bound.entries()];
  await together(fleets, signal, async (first, within) => {
    const inLane = { ...options, signal: within };
    let fleet = first;
    let isFresh = true;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      within.throwIfAborted();
      const [index, scenario] = next;
      emit({ type: 'scenario.planned', plan: scenario.plan });
      if (scenario.plan.unbound.length > 0) continue;
      const unsteady = await runScenario(inLane, run, history, fleet, scenario, index);
      // Where something has run before, it has outlived the reset.
      if (unsteady === 'control' || (unsteady === 'treatment' && !isFresh)) {
        emit({
          type: 'note',
          message: `no steady state for ${scenario.plan.id}: its sandbox is rebuilt, and it begins anew`,
        });
        fleet = await rebuildFleet(inLane, parts, fleet);
        await runScenario(inLane, run, history, fleet, scenario, index);
      }
      isFresh = false;
    }
  });
}

/** Records why the run ends and takes everything down. */
async function endRun(
  { signal }: VerifyOptions,
  { history, cleanup }: RunParts,
  interrupted: boolean,
  failure: unknown,
): Promise<void> {
  if (interrupted) history.emit({ type: 'interrupted', reason: formatError(signal.reason) });
  else if (failure !== undefined) history.emit({ type: 'broken', reason: formatError(failure) });
  history.emit({ type: 'phase.started', phase: 'teardown' });
  const leftovers = (await cleanup.run()).map(({ message }) => message);
  history.emit({
    type: 'phase.ended',
    phase: 'teardown',
    ...(leftovers.length === 0 ? { outcome: 'done' } : { outcome: 'failed', message: leftovers.join('; ') }),
  });
  // The verdict is a function of the history, so it must be whole before it is judged: its end is where judging begins.
  history.emit({ type: 'phase.started', phase: 'judge' });
  history.emit({ type: 'run.ended', leftovers });
  history.close();
}
