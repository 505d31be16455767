import type Docker from 'dockerode';

import { removeDeadDrafts } from '../kernel/write-atomically.ts';
import { projectLabel, sandboxLabel } from './engine.ts';
import { findSandboxes } from './find-sandboxes.ts';
import { listLabelled } from './labelled-objects.ts';
import { sandboxesDir } from './lease.ts';
import { removeSandbox } from './remove-sandbox.ts';

export interface Swept {
  /** Ids of the sandboxes that were removed completely. */
  readonly cleared: readonly string[];
  /** Sandboxes that could not be removed, and why. */
  readonly stuck: readonly { readonly id: string; readonly reason: Error }[];
}

/**
 * Removes the sandboxes that dead runs of this project left behind. With `kept`, also those left running on purpose.
 * It does not touch a sandbox whose owner lives or may live, nor objects without our labels or of another project.
 */
export async function sweep(
  docker: Docker,
  projectDir: string,
  options: { readonly kept: boolean; readonly withinMs?: number },
): Promise<Swept> {
  const swept = { cleared: [] as string[], stuck: [] as { id: string; reason: Error }[] };
  const found = await findSandboxes(docker, projectDir);
  await Promise.all(
    found.map(async ({ id, state }) => {
      if (state !== 'dead' && !(state === 'kept' && options.kept)) return;
      try {
        await removeSandbox(docker, { id, projectDir }, options.withinMs);
        swept.cleared.push(id);
      } catch (error) {
        swept.stuck.push({ id, reason: error instanceof Error ? error : new Error(String(error)) });
      }
    }),
  );
  await removeDeadDrafts(sandboxesDir(projectDir));
  return swept;
}

/** Ids of the sandboxes of other projects on the same engine. Only those projects may remove them. */
export async function strangers(docker: Docker, projectDir: string): Promise<readonly string[]> {
  const objects = await listLabelled(docker, [sandboxLabel]);
  const others = objects.filter(({ labels }) => labels[projectLabel] !== projectDir);
  return [...new Set(others.map(({ labels }) => labels[sandboxLabel] ?? ''))].toSorted();
}
