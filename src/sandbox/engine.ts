import Docker from 'dockerode';

import { DrillbookError } from '../kernel/errors.ts';
import { abortable } from '../kernel/poll-until.ts';
import { leaseLabelOf } from './lease.ts';

/** The label of every object of a sandbox: the sandbox's id. */
export const sandboxLabel = 'io.drillbook.sandbox';

/** And this one: the folder of the project that it was started for, because several checkouts may share an engine. */
export const projectLabel = 'io.drillbook.project';

/** Marks what Drillbook puts beside the fleet, and says what it is. Procedures do not see objects with this label. */
export const roleLabel = 'io.drillbook.role';

/** The lease. It shows from the object alone whether the owner still lives. */
export const leaseLabel = 'io.drillbook.lease';

/** The labels of every object of a sandbox. Reads the lease, so the sandbox's folder must hold it already. */
export function sandboxLabels(id: string, projectDir: string): Readonly<Record<string, string>> {
  return { [sandboxLabel]: id, [projectLabel]: projectDir, [leaseLabel]: leaseLabelOf(id, projectDir) };
}

/** A client of the engine. */
export type Engine = Docker;

/**
 * Connects to the engine that the environment names.
 * @throws DrillbookError if it does not answer
 */
export async function connectEngine(): Promise<Engine> {
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

/** The HTTP status with which the engine refused a call: 404 for an object that is gone, 409 for a conflict. */
export function statusOf(error: unknown): number | undefined {
  const { statusCode } = error as { readonly statusCode?: number };
  return statusCode;
}
