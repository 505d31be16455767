import { mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { isSandboxId, readLease, writeLease, type Lease } from './lease.ts';

const prefix = 'drillbook-';

/** Where a sandbox puts what must have a short path, such as a socket; it need not exist. */
export function temporaryDir({ id }: Pick<Lease, 'id'>): string {
  return path.join(tmpdir(), `${prefix}${id}`);
}

/** Makes the folder, for this user alone. It goes when the sandbox does. */
export async function createTemporaryDir(lease: Lease): Promise<string> {
  const directory = temporaryDir(lease);
  await mkdir(directory, { mode: 0o700 });
  await writeLease(directory, lease);
  return directory;
}

/** The leases in the temporary folders of sandboxes of this project; another's folder is left alone, whatever its name. */
export async function readTemporaryLeases(projectDir: string): Promise<readonly Lease[]> {
  const names = (await readdir(tmpdir())).filter(
    (name) => name.startsWith(prefix) && isSandboxId(name.slice(prefix.length)),
  );
  const leases = await Promise.all(names.map((name) => readLease(path.join(tmpdir(), name)).catch(() => undefined)));
  return leases.filter(
    (lease, index) => lease !== undefined && lease.projectDir === projectDir && `${prefix}${lease.id}` === names[index],
  ) as readonly Lease[];
}
