import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { z } from 'zod';

import { processStart } from '../kernel/process-start.ts';

export const ownerSchema = z.object({
  user: z.string(),
  host: z.string(),
  /** Tells hosts of one name apart, and is the same after a restart; '' where the system has none. */
  machineId: z.string(),
  bootId: z.string(),
  /** Within another one, the same pid is another process. */
  pidNamespace: z.string(),
  pid: z.int().positive(),
  /** Start of that process in clock ticks since boot, so that a reused pid is not taken for the owner. */
  pidStart: z.string(),
});

/** One process of one user on one machine. */
export type Owner = z.infer<typeof ownerSchema>;

/** `unknown`: cannot be told from here. */
export type OwnerState = 'living' | 'dead' | 'unknown';

/** What this machine says of itself and its processes; passed in so that tests can be on another one. */
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
 * Whether the owner still runs. A process is dead if this very system could look and found another one or none under its
 * pid, or if the machine was started anew since. Of an owner elsewhere (another host on a shared engine or disk, another
 * container) nothing is known from here.
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
    // A container's user need not have a name.
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
