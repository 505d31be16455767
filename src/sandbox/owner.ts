import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { z } from 'zod';

import { processStart } from '../kernel/process-start.ts';

export const ownerSchema = z.object({
  user: z.string(),
  host: z.string(),
  /** Distinguishes hosts of the same name, and survives a restart; '' if the system has none. */
  machineId: z.string(),
  bootId: z.string(),
  /** In another namespace the same pid is another process. */
  pidNamespace: z.string(),
  pid: z.int().positive(),
  /** Start of that process in clock ticks since boot: another process may get the same pid later. */
  pidStart: z.string(),
});

/** One process of one user on one machine. */
export type Owner = z.infer<typeof ownerSchema>;

/** `unknown`: this machine cannot see it. */
export type OwnerState = 'living' | 'dead' | 'unknown';

/** This machine and its processes. It is a parameter, so that tests can pretend to be on another one. */
export interface Machine {
  readonly host: string;
  readonly machineId: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  startOf(pid: number): ReturnType<typeof processStart>;
}

export const thisMachine: Machine = {
  host: hostname(),
  machineId: tryRead('/etc/machine-id'),
  bootId: tryRead('/proc/sys/kernel/random/boot_id'),
  pidNamespace: tryReadLink('/proc/self/ns/pid'),
  startOf: processStart,
};

export function ownerHere(): Owner {
  const { host, machineId, bootId, pidNamespace } = thisMachine;
  const own = processStart(process.pid);
  const pidStart = typeof own === 'string' ? '' : own.start;
  return { user: userName(), host, machineId, bootId, pidNamespace, pid: process.pid, pidStart };
}

/**
 * Whether the owner still runs.
 * - Dead: this system looked and found another process or none under the pid, or the machine has restarted since.
 * - Unknown: the owner is elsewhere, on another host that shares the engine or the disk, or in another container.
 */
export function ownerState(owner: Owner, machine: Machine = thisMachine): OwnerState {
  if (owner.bootId === '' || machine.bootId === '') return 'unknown';
  if (owner.bootId !== machine.bootId) {
    const same = owner.machineId !== '' && owner.machineId === machine.machineId && owner.host === machine.host;
    return same ? 'dead' : 'unknown';
  }
  if (owner.pidNamespace === '' || owner.pidNamespace !== machine.pidNamespace) return 'unknown';
  const found = machine.startOf(owner.pid);
  if (found === 'none') return 'dead';
  if (found === 'hidden' || owner.pidStart === '') return 'unknown';
  return found.start === owner.pidStart ? 'living' : 'dead';
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user may have no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function tryReadLink(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
