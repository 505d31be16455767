import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { DrillbookError } from './errors.ts';
import { processStart } from './process-start.ts';

/** A file that is not whole yet bears the name of the process that writes it, and which process of that pid it was. */
const draftPattern = /^\..+\.draft-(\d+)-(\d*)-\d+$/;
let drafts = 0;

/**
 * Writes a file so that whoever reads it sees the old text or the new one, never half of it.
 * @throws DrillbookError (`FILE_WRITE`) when the disk refuses
 */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const own = processStart(process.pid);
  const start = typeof own === 'string' ? '' : own.start;
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.draft-${process.pid}-${start}-${(drafts += 1)}`);
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DrillbookError(`${file} cannot be written: ${reason}`, { code: 'FILE_WRITE', cause });
  }
}

/** Whether a file of this name was left half written by a process of this machine that has ended. */
export function isDeadDraft(name: string): boolean {
  const [, pid, start] = draftPattern.exec(name) ?? [];
  if (pid === undefined) return false;
  const found = processStart(Number(pid));
  return found === 'none' || (found !== 'hidden' && start !== '' && found.start !== start);
}
