import type Docker from 'dockerode';

import { DrillbookError } from '../kernel/errors.ts';
import { serviceLabel } from '../wall/boundary.ts';
import { sandboxLabel, statusOf } from './engine.ts';

/**
 * The container of a service, running or not.
 * @throws DrillbookError if the service has none
 */
export async function findContainer(docker: Docker, id: string, service: string): Promise<Docker.Container> {
  const label = [`${sandboxLabel}=${id}`, `${serviceLabel}=${service}`];
  const [found] = await docker.listContainers({ all: true, filters: { label } });
  if (found) return docker.getContainer(found.Id);
  throw new DrillbookError(`the sandbox has no container of service ${service}`, {
    code: 'SERVICE_UNKNOWN',
    next: 'check the service names in drillbook.config.ts',
  });
}

/** What the engine says about a container; undefined if there is none. */
export async function inspectContainer(container: Docker.Container): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    return await container.inspect();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Removes a container. One that is gone, or that is being removed, is no error. */
export async function discardContainer(container: Docker.Container): Promise<void> {
  await container.remove({ force: true, v: true }).catch((error: unknown) => {
    if (![404, 409].includes(statusOf(error) ?? 0)) throw error;
  });
}
