import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { access, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

import { orUndefinedIfMissing } from '../kernel/missing-file.ts';
import { makeFolderWith, writeAtomically } from '../kernel/write-atomically.ts';
import { ownerHere, ownerSchema } from './owner.ts';

/** A sandbox's id becomes part of names and paths, so nothing else may pass for one. */
const idPattern = /^[0-9a-f]{8}$/;

const leaseSchema = z.object({
  id: z.string().regex(idPattern),
  /** Folder of the project that the sandbox is for. */
  projectDir: z.string(),
  /** The command that took it, e.g. `verify`. Empty in a label. */
  command: z.string(),
  since: z.iso.datetime(),
  owner: ownerSchema,
  /** Left running on purpose, so it outlives its owner. Only the folder's lease is up to date: labels never change. */
  kept: z.boolean(),
});

/**
 * Who owns a sandbox, and since when. Each folder of a run holds it as a file, and each object in the engine as a
 * label, so each of them shows on its own whether the owner lives.
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

/** The name of the sandbox's Compose project. */
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
 * Writes the lease atomically: readers see the old or the new one, never half. A new folder is created together with
 * its lease, so a folder without one belongs to no process, even if its owner was killed.
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

/** The lease in a folder; undefined if there is none, or none that can be read. */
export async function readLease(directory: string): Promise<Lease | undefined> {
  const text = await readFile(path.join(directory, fileName), 'utf8').catch(orUndefinedIfMissing);
  return parseLease(text ?? '');
}

export async function dropLease(directory: string): Promise<void> {
  await rm(path.join(directory, fileName), { force: true });
}

/**
 * The text of a sandbox's lease for a label. Procedures can read labels, so this one does not name the command: a
 * runbook must not recognise its exam.
 * @throws Error if the sandbox's folder has no lease
 */
export function leaseLabelOf(id: string, projectDir: string): string {
  const lease = parseLease(readFileSync(path.join(sandboxDir({ id, projectDir }), fileName), 'utf8'));
  if (!lease) throw new Error(`the sandbox ${id} has no lease`);
  return JSON.stringify({ ...lease, command: '' });
}

export function parseLease(text: string): Lease | undefined {
  try {
    return leaseSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
