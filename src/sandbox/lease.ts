import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const leaseSchema = z.object({
  id: z.string(),
  project: z.string(),
  /** Process that owns the sandbox; null when it was left up on purpose. */
  pid: z.int().nullable(),
  /** Start time of that process in clock ticks, so that a reused pid is not taken for the owner. */
  pidStart: z.string(),
  bootId: z.string(),
  startedAt: z.string(),
});

/** Who owns a sandbox. */
export type Lease = z.infer<typeof leaseSchema>;

export function sandboxesDir(projectDir: string): string {
  return path.join(projectDir, '.drillbook', 'sandboxes');
}

export async function writeLease(directory: string, id: string, project: string, owned: boolean): Promise<void> {
  const lease: Lease = {
    id,
    project,
    pid: owned ? process.pid : null,
    pidStart: await processStart(process.pid),
    bootId: await bootId(),
    startedAt: new Date().toISOString(),
  };
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, 'lease.json'), `${JSON.stringify(lease)}\n`);
}

export async function readLeases(projectDir: string): Promise<readonly Lease[]> {
  const names = await readdir(sandboxesDir(projectDir)).catch(() => []);
  const leases: Lease[] = [];
  for (const name of names) {
    const text = await readFile(path.join(sandboxesDir(projectDir), name, 'lease.json'), 'utf8').catch(() => undefined);
    const lease = text === undefined ? undefined : leaseSchema.safeParse(parseJson(text)).data;
    // A folder whose lease was never completed belongs to a run that died while starting.
    leases.push(lease ?? { id: name, project: `drillbook-${name}`, pid: 0, pidStart: '', bootId: '', startedAt: '' });
  }
  return leases;
}

/** `kept`: left up on purpose. `dead`: its owner no longer runs. */
export async function leaseState(lease: Lease): Promise<'living' | 'kept' | 'dead'> {
  if (lease.pid === null) return 'kept';
  if (lease.bootId !== (await bootId())) return 'dead';
  return (await processStart(lease.pid)) === lease.pidStart && lease.pidStart !== '' ? 'living' : 'dead';
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}

/** Field 22 of /proc/<pid>/stat, or '' when there is no such process. */
async function processStart(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
