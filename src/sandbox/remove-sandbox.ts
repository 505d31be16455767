import { rm } from 'node:fs/promises';
import type Docker from 'dockerode';

import { sandboxLabel } from './engine.ts';

export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
}

/**
 * Removes every container, network and volume that carries the sandbox's label, and nothing else. Safe to repeat;
 * what is already gone counts as removed.
 */
export async function removeSandbox(docker: Docker, id: string, directory?: string): Promise<Removed> {
  const filters = { label: [`${sandboxLabel}=${id}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => gone(docker.getContainer(Id).remove({ force: true, v: true }))));
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => gone(docker.getNetwork(Id).remove())));
  const { Volumes } = await docker.listVolumes({ filters });
  await Promise.all(Volumes.map(({ Name }) => gone(docker.getVolume(Name).remove({ force: true }))));
  if (directory) await rm(directory, { recursive: true, force: true });
  return { containers: containers.length, networks: networks.length, volumes: Volumes.length };
}

/** Lets 404 (already gone) and 409 (removal already in progress) pass. */
async function gone(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    const status = (error as { statusCode?: number }).statusCode;
    if (status !== 404 && status !== 409) throw error;
  });
}
