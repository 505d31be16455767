import type { EventBody } from '../history/events.ts';
import type { HistoryWriter } from '../history/writer.ts';
import type { SandboxClock } from '../kernel/clock.ts';
import type { Cleanup } from '../kernel/disposal.ts';
import type { connectEngine } from '../sandbox/engine.ts';
import { takeLease, writeLease, type Lease } from '../sandbox/lease.ts';
import { removeSandbox } from '../sandbox/remove-sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/start-sandbox.ts';
import { connectFleet, type Fleet } from '../arm/fleet-session.ts';
import { requirePhase } from '../arm/phase.ts';
import { saveLogs } from './save-logs.ts';
import type { VerifyOptions } from './verify-options.ts';

/** Real time: until every service of a new sandbox is healthy, and what its end may take. */
export const startFleetWithinMs = 180_000;
const healthyWithinMs = 120_000;
const removeWithinMs = 30_000;
const saveLogsWithinMs = 15_000;

/** What the parts of a run share. */
export interface RunParts {
  readonly docker: Awaited<ReturnType<typeof connectEngine>>;
  readonly lease: Lease;
  readonly clock: SandboxClock;
  readonly history: HistoryWriter;
  readonly cleanup: Cleanup;
  /** The sandbox, if it is to outlive the run. */
  kept: Sandbox | undefined;
  /** How many sandboxes were started. */
  started: number;
}

/** What is done to be rid of a sandbox, in this order. */
const undoing = [
  (id: string) => `disconnecting from Redis of ${id}`,
  (id: string) => `saving the logs of ${id}`,
  (id: string) => `removing the sandbox ${id}`,
] as const;

/** Starts a sandbox with a fleet in it. What is to be undone goes to the clean-up. */
export async function startFleet(options: VerifyOptions, parts: RunParts, lease: Lease): Promise<Fleet> {
  const { docker, clock, cleanup } = parts;
  const [disconnecting, saving, removing] = undoing;
  parts.started += 1;
  const name = parts.started === 1 ? '' : `-${parts.started}`;
  const { project, manifest, keep, signal } = options;
  const remove = async (): Promise<void> => {
    if (parts.kept?.id === lease.id) await writeLease(parts.kept.directory, { ...lease, kept: true });
    else await removeSandbox(docker, lease);
  };
  // Before it is started: what is begun and never comes to an end is removed all the same.
  cleanup.add(removing(lease.id), removeWithinMs, remove, removeWithinMs);
  const sandbox = await startSandbox({
    projectDir: project.directory,
    config: project.config,
    manifest,
    clock,
    startWithinMs: healthyWithinMs,
    lease,
    signal,
  });
  if (keep) parts.kept = sandbox;
  cleanup.add(saving(lease.id), saveLogsWithinMs, () => saveLogs(sandbox, options, name), 0);
  const fleet = await connectFleet(sandbox, project.config);
  cleanup.add(disconnecting(lease.id), 1000, () => Promise.resolve(fleet.redis.disconnect()));
  return fleet;
}

/** Puts a new sandbox in the place of one that cannot be trusted any more. */
export async function rebuildFleet(options: VerifyOptions, parts: RunParts, { sandbox }: Fleet): Promise<Fleet> {
  const emit = (event: EventBody): void => parts.history.emit(event);
  if (parts.kept === sandbox) parts.kept = undefined;
  return requirePhase('start', startFleetWithinMs, emit, options.signal, async () => {
    for (const what of undoing) await parts.cleanup.runNow(what(sandbox.id));
    return startFleet(options, parts, takeLease(options.project.directory, 'verify'));
  });
}
