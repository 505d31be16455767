import type Docker from 'dockerode';
import { createHash } from 'node:crypto';

/**
 * A container's settings under readable names: limits as the engine reports them, and digests of long values. A
 * procedure that changes one of them changes more than the present run.
 */
export function setUpOf({ Config, HostConfig }: Docker.ContainerInspectInfo): Readonly<Record<string, string>> {
  const { Env, Cmd, Entrypoint, User, WorkingDir } = Config;
  const { Memory, MemorySwap, MemoryReservation, PidsLimit, NanoCpus, RestartPolicy } = HostConfig;
  const { CpuShares, CpuQuota, CpuPeriod, CpusetCpus, BlkioWeight } = HostConfig;
  return {
    'memory limit': String(Memory ?? 0),
    'limit of memory and swap': String(MemorySwap ?? 0),
    'reservation of memory': String(MemoryReservation ?? 0),
    'limit of processes': String(PidsLimit ?? 0),
    'limit of CPUs (1e-9)': String(NanoCpus ?? 0),
    'share of CPU and disk': JSON.stringify([CpuShares, CpuQuota, CpuPeriod, CpusetCpus, BlkioWeight]),
    'restart policy': [RestartPolicy?.Name, RestartPolicy?.MaximumRetryCount].filter(Boolean).join(':'),
    environment: digest((Env as string[] | null)?.toSorted()),
    command: digest([Cmd, Entrypoint, User, WorkingDir]),
  };
}

function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value ?? null))
    .digest('hex')
    .slice(0, 8);
}
