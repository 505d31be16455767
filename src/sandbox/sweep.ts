import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';

import { sandboxLabel } from './engine.ts';
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

/** Clears what dead runs of this project left, and with `kept` also the sandboxes left up on purpose. Returns their ids. */
export async function sweep(
  docker: Docker,
  projectDir: string,
  options: { readonly kept: boolean },
): Promise<readonly string[]> {
  const swept: string[] = [];
  for (const { lease, state } of await listSandboxes(projectDir)) {
    if (state === 'dead' || (state === 'kept' && options.kept)) {
      await removeSandbox(docker, lease.id, path.join(sandboxesDir(projectDir), lease.id));
      swept.push(lease.id);
    }
  }
  return swept;
}

/** Objects that carry our label although no folder of this project names their sandbox; other projects may own them. */
export async function strangers(docker: Docker, projectDir: string): Promise<readonly string[]> {
  const known = new Set(await readdir(sandboxesDir(projectDir)).catch(() => []));
  const containers = await docker.listContainers({ all: true, filters: { label: [sandboxLabel] } });
  return [...new Set(containers.map(({ Labels }) => Labels[sandboxLabel] ?? ''))].filter(
    (id) => id !== '' && !known.has(id),
  );
}
