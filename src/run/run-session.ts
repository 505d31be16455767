import path from 'node:path';

import type { EnvironmentSeen, EventBody, RunStarted } from '../history/events.ts';
import { createHistoryWriter, type HistoryWriter } from '../history/writer.ts';
import { createSandboxClock } from '../kernel/clock.ts';
import { Cleanup } from '../kernel/disposal.ts';
import { formatError } from '../kernel/errors.ts';
import { together } from '../kernel/run-all.ts';
import { connectEngine } from '../sandbox/engine.ts';
import { takeLease, writeLease } from '../sandbox/lease.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { watchEngine } from '../sandbox/watch-engine.ts';
import { clearLeftovers } from './clear-leftovers.ts';
import { environmentOf, runStarted } from './describe-run.ts';
import { historyName } from './finish-dead-runs.ts';
import { createLane, type Lane } from './sandbox-runner.ts';
import { requirePhase } from '../arm/phase.ts';
import { startFleet, startFleetWithinMs, type RunParts } from './start-fleet.ts';
import type { VerifyOptions } from './verify-options.ts';

/** Limits of what a run does as a whole, real time. */
const loadWithinMs = 60_000;
const clearWithinMs = 30_000;

/** What is there while the sandboxes are up. */
export interface Session {
  readonly run: RunStarted;
  readonly environment: EnvironmentSeen;
  readonly history: HistoryWriter;
  /** As many as were asked for, each with a sandbox of its own. */
  readonly lanes: readonly Lane[];
  /** Aborts on an interrupt, when the engine is lost, and when the history cannot be written. */
  readonly signal: AbortSignal;
}

export interface SessionEnd {
  readonly interrupted: boolean;
  /** Why it could not go on; the reason of the interrupt, where it was one. */
  readonly failure: unknown;
  readonly historyBroken: boolean;
  /** What could not be removed, and why. */
  readonly leftovers: readonly string[];
  readonly kept: Sandbox | undefined;
}

/**
 * Starts sandboxes, has something done in them, and takes them down again, whatever happened: all of it recorded in
 * the history of `reportDir`.
 * @throws what kept it from beginning; what goes wrong later is told by its end
 */
export async function runSession(
  options: VerifyOptions,
  work: (session: Session) => Promise<void>,
): Promise<SessionEnd> {
  const docker = await connectEngine();
  const lease = takeLease(options.project.directory, 'verify');
  // From here on whatever there is of this run says whose it is, to whoever finds it.
  await writeLease(options.reportDir, lease);
  const clock = createSandboxClock(options.timeScale);
  const history = createHistoryWriter(path.join(options.reportDir, historyName), clock);
  history.subscribe(options.onEvent);
  const cleanup = new Cleanup(options.hurry);
  const parts: RunParts = { docker, lease, clock, history, cleanup, kept: undefined, started: 0 };
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
    await work(await begin({ ...options, signal }, parts));
  } catch (error) {
    // What was thrown is often only what followed from it.
    failure = signal.aborted ? signal.reason : error;
  }
  over.abort();
  const interrupted = options.signal.aborted && (failure === undefined || failure === options.signal.reason);
  const leftovers = await end(options, parts, interrupted, lost.signal.aborted ? undefined : failure);
  const historyBroken = history.broken.aborted;
  if (historyBroken) failure = history.broken.reason;
  return { interrupted, failure, historyBroken, leftovers, kept: parts.kept };
}

/** Everything from the phase `load` until the fleets stand. What is to be undone goes to the clean-up. */
async function begin(options: VerifyOptions, parts: RunParts): Promise<Session> {
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
  while (leases.length < options.sandboxes) leases.push(takeLease(project.directory, 'verify'));
  return requirePhase('start', startFleetWithinMs, emit, signal, async () => {
    const [first, ...others] = await together(leases, signal, (lease, within) =>
      startFleet({ ...options, signal: within }, parts, lease),
    );
    if (!first) throw new Error('no sandbox was asked for');
    const environment = await environmentOf(options, first);
    emit(environment);
    return { run, environment, history, signal, lanes: [first, ...others].map((fleet) => createLane(parts, fleet)) };
  });
}

/**
 * Records why the run ends and takes everything down.
 * @returns what could not be removed
 */
async function end(
  { signal }: VerifyOptions,
  { history, cleanup }: RunParts,
  interrupted: boolean,
  failure: unknown,
): Promise<readonly string[]> {
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
  return leftovers;
}
