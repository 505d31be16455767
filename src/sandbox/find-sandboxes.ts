import { readdir } from 'node:fs/promises';
import type Docker from 'dockerode';

import { orUndefinedIfMissing } from '../kernel/missing-file.ts';
import { leaseLabel, projectLabel, sandboxLabel } from './engine.ts';
import { listLabelled } from './labelled-objects.ts';
import { isSandboxId, parseLease, readLease, sandboxDir, sandboxesDir, type Lease } from './lease.ts';
import { ownerState, type OwnerState } from './owner.ts';

/** `kept`: left running on purpose. `unknown`: this machine cannot see whether the owner lives. */
export type SandboxState = OwnerState | 'kept';

export interface FoundSandbox {
  readonly id: string;
  readonly state: SandboxState;
  /** Undefined if none can be read. */
  readonly lease: Lease | undefined;
  /** Containers, networks and volumes in the engine. */
  readonly objects: number;
}

/**
 * Every sandbox of this project that still has a folder or objects in the engine. Each of those carries the lease, so
 * any one of them shows the owner.
 */
export async function findSandboxes(docker: Docker, projectDir: string): Promise<readonly FoundSandbox[]> {
  // The engine first: a sandbox that starts in the meantime has its folder and lease before its first object.
  const objects = await listLabelled(docker, [sandboxLabel, `${projectLabel}=${projectDir}`]);
  const carried = new Map<string, (Lease | undefined)[]>();
  for (const { labels } of objects) {
    const id = labels[sandboxLabel] ?? '';
    // Any program can write such a label: only an id may become part of a path.
    if (!isSandboxId(id)) continue;
    const lease = parseLease(labels[leaseLabel] ?? '');
    carried.set(id, [...(carried.get(id) ?? []), lease?.id === id ? lease : undefined]);
  }
  const folders = (await namesIn(sandboxesDir(projectDir))).filter((name) => isSandboxId(name));
  const ids = [...new Set([...folders, ...carried.keys()])].toSorted();
  return Promise.all(
    ids.map(async (id) => ({
      id,
      objects: carried.get(id)?.length ?? 0,
      ...(await judgeSandbox({ hasFolder: folders.includes(id), id, projectDir }, carried.get(id) ?? [])),
    })),
  );
}

/** The lease in the folder is the newest. Without it, the one that each object carries counts. */
async function judgeSandbox(
  sandbox: Pick<Lease, 'id' | 'projectDir'> & { readonly hasFolder: boolean },
  carried: readonly (Lease | undefined)[],
): Promise<Pick<FoundSandbox, 'state' | 'lease'>> {
  const filed = await fileState(sandboxDir(sandbox));
  if (filed) return filed;
  const lease = carried.find((one) => one !== undefined);
  // No folder is ever created without its lease, so a process was removing this one when it ended.
  if (sandbox.hasFolder && !lease) return { state: 'dead', lease };
  const states = carried.map((one) => (one ? ownerState(one.owner) : 'unknown'));
  const state = states.find((one) => one === 'living') ?? states.find((one) => one === 'unknown') ?? 'dead';
  return { state, lease };
}

/** The lease in a folder and what it means; undefined if there is none. */
export async function fileState(
  directory: string,
): Promise<{ readonly state: SandboxState; readonly lease: Lease } | undefined> {
  const lease = await readLease(directory);
  if (!lease) return undefined;
  const state = lease.kept ? 'kept' : ownerState(lease.owner);
  if (state !== 'dead') return { state, lease };
  // Right before it ended, the owner may have marked the sandbox as kept.
  const last = await readLease(directory);
  return last && { state: last.kept ? 'kept' : 'dead', lease: last };
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return (await readdir(directory).catch(orUndefinedIfMissing)) ?? [];
}
