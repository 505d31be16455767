import Docker from 'dockerode';

import { DrillbookError } from '../kernel/errors.ts';
import { abortable } from '../kernel/poll-until.ts';
import { leaseLabelOf } from './lease.ts';

/** Every object of a sandbox carries this label, with the sandbox's id. */
export const sandboxLabel = 'io.drillbook.sandbox';

/** And this one, with the folder of the project it was started for: several checkouts may share an engine. */
export const projectLabel = 'io.drillbook.project';

/** What Drillbook puts beside the fleet says by this label what it is; procedures do not see it. */
export const roleLabel = 'io.drillbook.role';

/** And this one, with the lease, so that whether the owner lives can be told from the object alone. */
export const leaseLabel = 'io.drillbook.lease';

/** What every object of a sandbox is labelled with. The sandbox's folder holds its lease by then. */
export function sandboxLabels(id: string, projectDir: string): Readonly<Record<string, string>> {
  return { [sandboxLabel]: id, [projectLabel]: projectDir, [leaseLabel]: leaseLabelOf(id, projectDir) };
}

/** A client for the engine that the environment names; throws a clear error when none answers. */
export async function connectEngine(): Promise<Docker> {
  const docker = new Docker();
  try {
    await abortable(docker.ping(), AbortSignal.timeout(5000));
  } catch (cause) {
    throw new DrillbookError(`no Docker engine answers on ${process.env['DOCKER_HOST'] ?? '/var/run/docker.sock'}`, {
      code: 'ENGINE_SILENT',
      next: 'start it, or set DOCKER_HOST',
      cause,
    });
  }
  return docker;
}

/** Path of the engine's socket on this host. */
export function engineSocket(): string {
  const host = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  if (!host.startsWith('unix://')) {
    throw new DrillbookError(`the engine at ${host} is not on this machine`, {
      code: 'ENGINE_REMOTE',
      next: 'use an engine with a unix socket: the sandbox mounts files of this machine',
    });
  }
  return host.slice('unix://'.length);
}
