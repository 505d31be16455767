import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { access, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

import { makeFolderWith, writeAtomically } from '../kernel/write-atomically.ts';
import { ownerHere, ownerSchema } from './owner.ts';

/** A sandbox's id: part of names and paths, so anything else is not taken for one. */
const idPattern = /^[0-9a-f]{8}$/;

const leaseSchema = z.object({
  id: z.string().regex(idPattern),
  /** Folder of the project it was taken for. */
  projectDir: z.string(),
  /** What was called, e.g. `verify`. */
  command: z.string(),
  since: z.iso.datetime(),
  owner: ownerSchema,
  /** Left up on purpose: it outlives its owner. Known to the sandbox's folder alone, for labels never change. */
  kept: z.boolean(),
});

/**
 * Who holds a sandbox, and since when. Everything of a run carries it: the folders as a file, the objects in the engine
 * as a label. So each of them tells by itself whether its owner lives.
 */
export type Lease = z.infer<typeof leaseSchema>;

const fileName = 'lease.json';

export function takeLease(projectDir: string, command: string): Lease {
  return {
    id: randomBytes(4).toString('hex'),
    projectDir,
    command,
    since: new Date().toISOString(),
    owner: ownerHere(),
    kept: false,
  };
}

export function isSandboxId(text: string): boolean {
  return idPattern.test(text);
}

/** Name of the sandbox's Compose project. */
export function composeProjectOf({ id }: Pick<Lease, 'id'>): string {
  return `drillbook-${id}`;
}

export function sandboxesDir(projectDir: string): string {
  return path.join(projectDir, '.drillbook', 'sandboxes');
}

export function sandboxDir({ id, projectDir }: Pick<Lease, 'id' | 'projectDir'>): string {
  return path.join(sandboxesDir(projectDir), id);
}

/**
 * Puts the lease into a folder; whoever reads it sees the old one or the new one, whole. A folder that is not there yet
 * comes to be with its lease in it, so that one without is nobody's, wherever its owner was killed.
 */
export async function writeLease(directory: string, lease: Lease): Promise<void> {
  const text = `${JSON.stringify(lease)}\n`;
  const isThere = await access(directory).then(
    () => true,
    () => false,
  );
  if (isThere) await writeAtomically(path.join(directory, fileName), text);
  else await makeFolderWith(directory, fileName, text);
}

/** The lease in a folder; undefined when there is none that can be read. */
export async function readLease(directory: string): Promise<Lease | undefined> {
  const text = await readFile(path.join(directory, fileName), 'utf8').catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  });
  return parseLease(text);
}

export async function dropLease(directory: string): Promise<void> {
  await rm(path.join(directory, fileName), { force: true });
}

/** The lease of a sandbox as a label carries it. */
export function leaseLabelOf(id: string, projectDir: string): string {
  return readFileSync(path.join(sandboxDir({ id, projectDir }), fileName), 'utf8').trim();
}

export function parseLease(text: string): Lease | undefined {
  try {
    return leaseSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
