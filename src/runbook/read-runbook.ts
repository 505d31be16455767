import { readFile, stat } from 'node:fs/promises';

import { InputError } from '../kernel/errors.ts';
import { isMissing } from '../kernel/missing-file.ts';
import { largestBytes, parseRunbook, tooLarge, type ParseOptions } from './parse-runbook.ts';
import type { Runbook } from './runbook.ts';

/**
 * Reads a runbook from a file; positions carry the path as given.
 * @throws InputError when there is no such file, when it cannot be read, and all that `parseRunbook` throws
 */
export async function readRunbook(path: string, options: ParseOptions = {}): Promise<Runbook> {
  return parseRunbook(await readBytes(path), path, options);
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw unreadable(path, 'is a directory', 'RUNBOOK_DIRECTORY');
    if (!found.isFile()) throw unreadable(path, 'is not a regular file', 'RUNBOOK_UNREADABLE');
    if (found.size > largestBytes) throw tooLarge(path, found.size);
    return await readFile(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (isMissing(error)) throw unreadable(path, 'does not exist', 'RUNBOOK_NOT_FOUND', error);
    throw unreadable(
      path,
      `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      'RUNBOOK_UNREADABLE',
      error,
    );
  }
}

function unreadable(path: string, what: string, code: string, cause?: unknown): InputError {
  return new InputError(`the runbook ${path} ${what}`, { code, next: 'point --runbook at a Markdown file', cause });
}
