import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { DrillbookError } from './errors.ts';
import { orUndefinedIfMissing } from './missing-file.ts';
import { processStart } from './process-start.ts';
import { reasonOf } from './reason-of.ts';

/** The name of a draft contains the pid and the start of the process that writes it. */
const draftPattern = /^\..+\.draft-(\d+)-(\d*)-\d+$/;
let drafts = 0;

/**
 * Writes a file atomically: a reader sees the old text or the new one, never half.
 * @throws DrillbookError (`FILE_WRITE`) if the file cannot be written
 */
export function writeAtomically(file: string, text: string): Promise<void> {
  return throughDraft(file, (draft) => writeFile(draft, text));
}

/**
 * Creates a folder together with one file, so that the folder never exists without it.
 * @throws DrillbookError (`FILE_WRITE`) if it cannot be written, or the name is taken
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

/** Removes the drafts in a folder whose processes have ended. The folder need not exist. */
export async function removeDeadDrafts(directory: string): Promise<void> {
  const names = (await readdir(directory).catch(orUndefinedIfMissing)) ?? [];
  for (const name of names)
    if (isDeadDraft(name)) await rm(path.join(directory, name), { recursive: true, force: true });
}

/** Whether this is the name of a draft whose process, on this machine, has ended. */
export function isDeadDraft(name: string): boolean {
  const [, pid, start] = draftPattern.exec(name) ?? [];
  if (pid === undefined) return false;
  const found = processStart(Number(pid));
  return found === 'none' || (found !== 'hidden' && start !== '' && found.start !== start);
}
