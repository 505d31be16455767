import type Docker from 'dockerode';

import { DrillbookError } from '../kernel/errors.ts';
import { serviceLabel } from '../wall/boundary.ts';
import { sandboxLabel } from './engine.ts';

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
