import path from 'node:path';
import type Docker from 'dockerode';

import { projectLabel, sandboxLabel } from './engine.ts';
import { leaseState, readLeases, sandboxesDir, type Lease } from './lease.ts';
import { removeSandbox } from './remove-sandbox.ts';

export interface KnownSandbox {
  readonly lease: Lease;
  readonly state: 'living' | 'kept' | 'dead';
}

/** Every sandbox of this project that has a folder, and whether its owner lives. */
export async function listSandboxes(projectDir: string): Promise<readonly KnownSandbox[]> {
  const leases = await readLeases(projectDir);
  return Promise.all(leases.map(async (lease) => ({ lease, state: await leaseState(lease) })));
}

/**
 * Clears what dead runs of this project left, and with `kept` also the sandboxes left up on purpose. Returns their ids.
 * Labels tell what is ours even when a sandbox's folder is gone.
 */
export async function sweep(
  docker: Docker,
  projectDir: string,
  options: { readonly kept: boolean },
): Promise<readonly string[]> {
  // Containers first: a sandbox that is started meanwhile has its folder before its containers.
  const labelled = await labelledSandboxes(docker);
  const sandboxes = await listSandboxes(projectDir);
  const known = new Set(sandboxes.map(({ lease }) => lease.id));
  const swept = [
    ...sandboxes
      .filter(({ state }) => state === 'dead' || (state === 'kept' && options.kept))
      .map(({ lease }) => lease.id),
    ...[...labelled].filter(([id, project]) => project === projectDir && !known.has(id)).map(([id]) => id),
  ];
  for (const id of swept) await removeSandbox(docker, id, path.join(sandboxesDir(projectDir), id));
  return swept;
}

/** Sandboxes of other projects on the same engine: theirs to remove. */
export async function strangers(docker: Docker, projectDir: string): Promise<readonly string[]> {
  return [...(await labelledSandboxes(docker))].filter(([, project]) => project !== projectDir).map(([id]) => id);
}

/** The sandbox ids that containers in any state carry, and the project each belongs to. */
async function labelledSandboxes(docker: Docker): Promise<ReadonlyMap<string, string>> {
  const containers = await docker.listContainers({ all: true, filters: { label: [sandboxLabel] } });
  return new Map(containers.map(({ Labels }) => [Labels[sandboxLabel] ?? '', Labels[projectLabel] ?? '']));
}
