import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { DrillbookError } from './errors.ts';
import { orUndefinedIfMissing } from './missing-file.ts';
import { processStart } from './process-start.ts';
import { reasonOf } from './reason-of.ts';

/** What is not whole yet bears the name of the process that writes it, and which process of that pid it was. */
const draftPattern = /^\..+\.draft-(\d+)-(\d*)-\d+$/;
let drafts = 0;

/**
 * Writes a file so that whoever reads it sees the old text or the new one, never half of it.
 * @throws DrillbookError (`FILE_WRITE`) when the disk refuses
 */
export function writeAtomically(file: string, text: string): Promise<void> {
  return throughDraft(file, (draft) => writeFile(draft, text));
}

/**
 * Makes a folder that is not there yet with one file in it: nobody ever sees it without.
 * @throws DrillbookError (`FILE_WRITE`) when the disk refuses, or something else bears that name
 */
export function makeFolderWith(directory: string, name: string, text: string): Promise<void> {
  return throughDraft(directory, async (draft) => {
    await mkdir(draft, { recursive: true });
    await writeFile(path.join(draft, name), text);
  });
}

async function throughDraft(target: string, write: (draft: string) => Promise<void>): Promise<void> {
  const own = processStart(process.pid);
  const start = typeof own === 'string' ? '' : own.start;
  const name = `.${path.basename(target)}.draft-${process.pid}-${start}-${(drafts += 1)}`;
  const draft = path.join(path.dirname(target), name);
  try {
    await write(draft);
    await rename(draft, target);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw new DrillbookError(`${target} cannot be written: ${reasonOf(cause)}`, { code: 'FILE_WRITE', cause });
  }
}

/** Removes what processes of this machine that have ended left half written in a folder, which need not exist. */
export async function removeDeadDrafts(directory: string): Promise<void> {
  const names = (await readdir(directory).catch(orUndefinedIfMissing)) ?? [];
  for (const name of names)
    if (isDeadDraft(name)) await rm(path.join(directory, name), { recursive: true, force: true });
}

/** Whether what bears this name was left half written by a process of this machine that has ended. */
export function isDeadDraft(name: string): boolean {
  const [, pid, start] = draftPattern.exec(name) ?? [];
  if (pid === undefined) return false;
  const found = processStart(Number(pid));
  return found === 'none' || (found !== 'hidden' && start !== '' && found.start !== start);
}
