/**
 * A run around its work: the phases `load`, `start` and `teardown`, recorded in the history of `reportDir`.
 *
 * 1. `load`: clear what dead runs left in the engine and on disk.
 * 2. `start`: start the sandboxes side by side, and record what really runs in them.
 * 3. the caller's work: baseline to account, once per scenario and arm.
 * 4. `teardown`: save logs, remove the sandboxes, clear leftovers again. No interrupt cancels it; a second one shortens
 * it.
 * 5. `run.ended` closes the history. The caller judges it from there (phase `judge`).
 *
 * Once the history is open, nothing is thrown: the session ends with one `endReason`, and the clean-up has run.
 */
import path from 'node:path';

import type { Fleet } from '../arm/fleet-session.ts';
import { requirePhase } from '../arm/phase.ts';
import type { EnvironmentSeen, EventBody, RunStarted } from '../history/events.ts';
import type { MetricsWriter } from '../history/metrics-writer.ts';
import { historyName } from '../history/file-names.ts';
import { createHistoryWriter, type HistoryWriter } from '../history/writer.ts';
import { createSandboxClock } from '../kernel/clock.ts';
import { Cleanup } from '../kernel/disposal.ts';
import { formatError } from '../kernel/errors.ts';
import { runAll } from '../kernel/run-all.ts';
import { connectEngine } from '../sandbox/engine.ts';
import { takeLease, writeLease } from '../sandbox/lease.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { watchEngine } from '../sandbox/watch-engine.ts';
import { clearLeftovers } from './clear-leftovers.ts';
import { environmentOf, runStarted } from './describe-run.ts';
import { watchEndSignals, type EndReason } from './end-reason.ts';
import { createSandboxRunner, type SandboxRunner } from './sandbox-runner.ts';
import { openMetrics } from './open-metrics.ts';
import { startFleet, startFleetWithinMs, type SessionState } from './start-fleet.ts';
import type { VerifyOptions } from './verify-options.ts';

/** Deadlines of what a run does as a whole, real ms. */
const loadWithinMs = 60_000;
const clearWithinMs = 30_000;

/** What the work of a run has at hand while the sandboxes are up. */
export interface Session {
  readonly run: RunStarted;
  readonly environment: EnvironmentSeen;
  readonly history: HistoryWriter;
  readonly metrics: MetricsWriter;
  /** The fleets that the session started with, one in each sandbox. A runner may have replaced its own. */
  readonly fleets: readonly Fleet[];
  /** `options.sandboxes` of them, each with a sandbox of its own. */
  readonly runners: readonly SandboxRunner[];
  /** Aborts on an interrupt, when the engine is lost, and when the history cannot be written. */
  readonly signal: AbortSignal;
}

export interface SessionEnd {
  /** Undefined if the work was done. */
  readonly endReason: EndReason | undefined;
  /** What could not be removed, and why. */
  readonly leftovers: readonly string[];
  readonly kept: Sandbox | undefined;
}

/**
 * Starts sandboxes, runs `work` in them, and takes them down again, whatever happens.
 * @throws what kept the run from opening its history; later problems are the `endReason`
 */
export async function runSession(
  options: VerifyOptions,
  work: (session: Session) => Promise<void>,
): Promise<SessionEnd> {
  const docker = await connectEngine();
  const lease = takeLease(options.project.directory, options.command ?? 'verify');
  // First of all: from here on everything that this run creates carries its owner, also if the run dies.
  await writeLease(options.reportDir, lease);
  const clock = createSandboxClock(options.timeScale, { steady: options.mayChangeRate !== true });
  const history = createHistoryWriter(path.join(options.reportDir, historyName), clock, options.redaction);
  history.subscribe(options.onEvent);
  const metrics = openMetrics(options, history);
  const cleanup = new Cleanup(options.hurry);
  const state: SessionState = { docker, lease, clock, history, metrics, cleanup, kept: undefined, started: 0 };
  const over = new AbortController();
  const lost = new AbortController();
  using early = watchEndSignals({
    interrupted: options.signal,
    'engine-lost': lost.signal,
    'history-broken': history.broken,
  });
  const onLost = (error: Error): void => {
    history.emit({ type: 'broken', reason: formatError(error) });
    lost.abort(error);
  };
  let endReason: EndReason | undefined;
  try {
    await watchEngine(docker, onLost, over.signal);
    await work(await begin({ ...options, signal: early.signal }, state));
  } catch (error) {
    endReason = { kind: 'failed', error };
  }
  over.abort();
  // An error after an abort is often only its consequence.
  endReason = early.reason ?? endReason;
  const leftovers = await end(state, endReason, options.redaction);
  if (history.broken.aborted) endReason = { kind: 'history-broken', error: history.broken.reason };
  return { endReason, leftovers, kept: state.kept };
}

/** @throws the error that ended the session early, unless it was an interrupt: that is a result like any other */
export function throwIfBroken({ endReason }: SessionEnd): void {
  if (endReason && endReason.kind !== 'interrupted') throw endReason.error;
}

/** The phases `load` and `start`. Everything they start adds its undo to the clean-up. */
async function begin(options: VerifyOptions, state: SessionState): Promise<Session> {
  const { history } = state;
  const { signal, project } = options;
  const emit = (event: EventBody): void => history.emit(event);
  const run = runStarted(options);
  emit(run);
  await requirePhase('load', loadWithinMs, emit, signal, () => clearDeadRuns(project.directory, state));
  const leases = [state.lease];
  while (leases.length < options.sandboxes) leases.push(takeLease(project.directory, state.lease.command));
  return requirePhase('start', startFleetWithinMs, emit, signal, async () => {
    const fleets = await runAll(leases, signal, (lease, within) =>
      startFleet({ ...options, signal: within }, state, lease),
    );
    const [first] = fleets;
    if (!first) throw new Error('a run needs at least one sandbox');
    const environment = await environmentOf(options, first);
    emit(environment);
    const runners = fleets.map((fleet) => createSandboxRunner(state, fleet, options.bypassProxies ?? false));
    return { run, environment, history, metrics: state.metrics, signal, fleets, runners };
  });
}

/** Clears now, and once more at the end: Docker may still carry out what a killed run had asked for. */
async function clearDeadRuns(projectDir: string, { docker, history, cleanup }: SessionState): Promise<void> {
  const clear = async (): Promise<void> => {
    const { done, stuck } = await clearLeftovers(docker, projectDir, { kept: false });
    for (const sentence of [...done, ...stuck])
      history.emit({ type: 'note', message: `clean-up of dead runs: ${sentence}` });
  };
  await clear();
  cleanup.add('clearing what dead runs left', clearWithinMs, clear, 0);
}

/**
 * Records why the run ends, and the phase `teardown`.
 * @returns what could not be removed
 */
async function end(
  { history, metrics, cleanup }: SessionState,
  endReason: EndReason | undefined,
  redaction: VerifyOptions['redaction'],
): Promise<readonly string[]> {
  if (endReason?.kind === 'interrupted') {
    history.emit({ type: 'interrupted', reason: formatError(endReason.error) });
  } else if (endReason && endReason.kind !== 'engine-lost') {
    // A lost engine was recorded at the moment of the loss.
    history.emit({ type: 'broken', reason: formatError(endReason.error) });
  }
  history.emit({ type: 'phase.started', phase: 'teardown' });
  const leftovers = (await cleanup.run()).map(({ message }) => message);
  metrics.close();
  history.emit({
    type: 'phase.ended',
    phase: 'teardown',
    ...(leftovers.length === 0 ? { outcome: 'done' } : { outcome: 'failed', message: leftovers.join('; ') }),
  });
  if (redaction) {
    const { patterns, replaced, leftOut } = redaction;
    history.emit({ type: 'record.redacted', patterns, replaced, leftOut });
  }
  // The verdict is computed from the whole history, so the history ends where judging begins.
  history.emit({ type: 'phase.started', phase: 'judge' });
  history.emit({ type: 'run.ended', leftovers });
  history.close();
  return leftovers;
}
