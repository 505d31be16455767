import type Docker from 'dockerode';

import { removeDeadDrafts } from '../kernel/write-atomically.ts';
import { projectLabel, sandboxLabel } from './engine.ts';
import { findSandboxes } from './find-sandboxes.ts';
import { listLabelled } from './labelled-objects.ts';
import { sandboxesDir } from './lease.ts';
import { removeSandbox } from './remove-sandbox.ts';

export interface Swept {
  /** Ids of the sandboxes of which nothing is left. */
  readonly cleared: readonly string[];
  /** What could not be cleared, and why. */
  readonly stuck: readonly { readonly id: string; readonly reason: Error }[];
}

/**
 * Clears what dead runs of this project left, and with `kept` also the sandboxes left up on purpose. A sandbox whose owner
 * lives, or may live, is not touched; nor is anything that does not carry our labels with this project's folder.
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

/** Ids of the sandboxes of other projects on the same engine: theirs to remove. */
export async function strangers(docker: Docker, projectDir: string): Promise<readonly string[]> {
  const objects = await listLabelled(docker, [sandboxLabel]);
  const others = objects.filter(({ labels }) => labels[projectLabel] !== projectDir);
  return [...new Set(others.map(({ labels }) => labels[sandboxLabel] ?? ''))].toSorted();
}
