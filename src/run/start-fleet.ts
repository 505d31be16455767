import type { EventBody } from '../history/events.ts';
import { JobIds } from '../history/job-ids.ts';
import type { MetricsWriter } from '../history/metrics-writer.ts';
import type { HistoryWriter } from '../history/writer.ts';
import type { SandboxClock } from '../kernel/clock.ts';
import type { Cleanup, CleanupStep } from '../kernel/disposal.ts';
import type { connectEngine } from '../sandbox/engine.ts';
import { takeLease, writeLease, type Lease } from '../sandbox/lease.ts';
import { removeSandbox } from '../sandbox/remove-sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/start-sandbox.ts';
import { connectFleet, type Fleet } from '../arm/fleet-session.ts';
import { requirePhase } from '../arm/phase.ts';
import { saveLogs } from './save-logs.ts';
import type { VerifyOptions } from './verify-options.ts';

/** Deadlines of a sandbox's start and end, real ms. */
export const startFleetWithinMs = 180_000;
const healthyWithinMs = 120_000;
const removeWithinMs = 30_000;
const saveLogsWithinMs = 15_000;

/** What the sandboxes of one run share. */
export interface SessionState {
  readonly docker: Awaited<ReturnType<typeof connectEngine>>;
  readonly lease: Lease;
  readonly clock: SandboxClock;
  readonly history: HistoryWriter;
  readonly metrics: MetricsWriter;
  readonly cleanup: Cleanup;
  /** The sandbox that outlives the run; undefined until it is up, or if none does. */
  kept: Sandbox | undefined;
  /** How many sandboxes were started so far: numbers their log files. */
  started: number;
}

/** A fleet in a sandbox of this run. */
export interface StartedFleet extends Fleet {
  /** The steps that remove the sandbox, in the order in which they must run. */
  readonly removal: readonly CleanupStep[];
}

/**
 * Starts one sandbox and connects to the fleet in it:
 *
 * 1. Plan its removal, under the lease's id. A start that fails half-way is then removed as well.
 * 2. Start the containers, and wait until every service is healthy.
 * 3. Plan the saving of its logs: clean-up runs in reverse, so the logs are saved before the removal.
 * 4. Connect to Redis, the api and the external APIs.
 *
 * With `keep` the sandbox is not removed; its lease is marked as kept instead.
 */
export async function startFleet(options: VerifyOptions, state: SessionState, lease: Lease): Promise<StartedFleet> {
  const { docker, clock, cleanup } = state;
  state.started += 1;
  const ordinal = state.started;
  const suffix = ordinal === 1 ? '' : `-${ordinal}`;
  const { project, manifest, seed, keep, signal, bypassProxies = false } = options;
  const remove = async (): Promise<void> => {
    if (state.kept?.id === lease.id) await writeLease(state.kept.directory, { ...lease, kept: true });
    else await removeSandbox(docker, lease);
  };
  const removing = cleanup.add(`removing the sandbox ${lease.id}`, removeWithinMs, remove, removeWithinMs);
  const sandbox = await startSandbox({
    projectDir: project.directory,
    config: project.config,
    manifest,
    clock,
    startWithinMs: healthyWithinMs,
    lease,
    signal,
    bypassProxies,
  });
  if (keep) state.kept = sandbox;
  const save = (): Promise<void> => saveLogs(sandbox, options, suffix);
  const saving = cleanup.add(`saving the logs of ${lease.id}`, saveLogsWithinMs, save, 0);
  const fleet = await connectFleet(sandbox, project.config, new JobIds({ seed, part: String(ordinal) }));
  const disconnect = (): Promise<void> => Promise.resolve(fleet.redis.disconnect());
  const disconnecting = cleanup.add(`disconnecting from Redis of ${lease.id}`, 1000, disconnect);
  return { ...fleet, removal: [disconnecting, saving, removing] };
}

/** Replaces a sandbox that can no longer be trusted: removes it, then starts another one under a new lease. */
export async function rebuildFleet(
  options: VerifyOptions,
  state: SessionState,
  { sandbox, removal }: StartedFleet,
): Promise<StartedFleet> {
  const emit = (event: EventBody): void => state.history.emit(event);
  if (state.kept === sandbox) state.kept = undefined;
  return requirePhase('start', startFleetWithinMs, emit, options.signal, async () => {
    for (const step of removal) await step.now();
    return startFleet(options, state, takeLease(options.project.directory, state.lease.command));
  });
}
