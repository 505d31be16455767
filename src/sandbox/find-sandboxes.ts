import { readdir } from 'node:fs/promises';
import type Docker from 'dockerode';

import { leaseLabel, projectLabel, sandboxLabel } from './engine.ts';
import { listLabelled } from './labelled-objects.ts';
import { isSandboxId, parseLease, readLease, sandboxDir, sandboxesDir, type Lease } from './lease.ts';
import { ownerState, type OwnerState } from './owner.ts';

/** `kept`: left up on purpose. `unknown`: whether its owner lives cannot be told from here. */
export type SandboxState = OwnerState | 'kept';

export interface FoundSandbox {
  readonly id: string;
  readonly state: SandboxState;
  /** Undefined where none can be read. */
  readonly lease: Lease | undefined;
  /** Containers, networks and volumes in the engine. */
  readonly objects: number;
}

/**
 * Every sandbox of this project of which anything is left: a folder, or objects in the engine. Each of them carries the
 * lease, so it does not take all of them to tell whose they are.
 */
export async function findSandboxes(docker: Docker, projectDir: string): Promise<readonly FoundSandbox[]> {
  // The engine first: a sandbox that is started meanwhile has its folder, with the lease, before its first object.
  const objects = await listLabelled(docker, [sandboxLabel, `${projectLabel}=${projectDir}`]);
  const carried = new Map<string, (Lease | undefined)[]>();
  for (const { labels } of objects) {
    const id = labels[sandboxLabel] ?? '';
    // A label is what somebody wrote: only an id may become part of a path.
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

/** The lease in the folder knows most; without it, that which each object carries. */
async function judgeSandbox(
  sandbox: Pick<Lease, 'id' | 'projectDir'> & { readonly hasFolder: boolean },
  carried: readonly (Lease | undefined)[],
): Promise<Pick<FoundSandbox, 'state' | 'lease'>> {
  const filed = await fileState(sandboxDir(sandbox));
  if (filed) return filed;
  const lease = carried.find((one) => one !== undefined);
  // A folder of ours and nothing that says more: somebody was removing it. None is ever made without its lease.
  if (sandbox.hasFolder && !lease) return { state: 'dead', lease };
  const states = carried.map((one) => (one ? ownerState(one.owner) : 'unknown'));
  const state = states.find((one) => one === 'living') ?? states.find((one) => one === 'unknown') ?? 'dead';
  return { state, lease };
}

/** What the lease in a folder says; undefined if there is none. */
export async function fileState(
  directory: string,
): Promise<{ readonly state: SandboxState; readonly lease: Lease } | undefined> {
  const lease = await readLease(directory);
  if (!lease) return undefined;
  const state = lease.kept ? 'kept' : ownerState(lease.owner);
  if (state !== 'dead') return { state, lease };
  // The last thing its owner did before it ended may have been to leave the sandbox up.
  const last = await readLease(directory);
  return last && { state: last.kept ? 'kept' : 'dead', lease: last };
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
}
