import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';

import { DrillbookError } from '../../kernel/errors.ts';
import { reasonOf } from '../../kernel/reason-of.ts';

/** Folders, at any depth, that lock files and image ids already stand for, or that other tools own. */
const ignored = new Set(['.git', 'node_modules', '.drillbook']);

/**
 * A digest of everything in a folder: the name, content and executable bits of every file, and the target of every
 * link. Two folders with the same digest hold the same, apart from `except`, `.git`, `node_modules` and `.drillbook`.
 * @param except absolute paths of files and folders to leave out
 * @throws DrillbookError (`FILES_UNREADABLE`) if part of it cannot be read: it may have changed
 */
export async function fingerprint(folder: string, except: readonly string[] = []): Promise<string> {
  const digest = createHash('sha256');
  try {
    for (const file of await filesIn(folder, new Set(except))) {
      const facts = await lstat(file);
      const content = facts.isSymbolicLink() ? `-> ${await readlink(file)}` : await digestOf(file);
      digest.update(JSON.stringify([path.relative(folder, file), facts.mode & 0o111, content]));
    }
  } catch (cause) {
    throw new DrillbookError(`cannot compare ${folder} with earlier runs: ${reasonOf(cause)}`, {
      code: 'FILES_UNREADABLE',
      next: 'make every file in it readable and stop other programs that write there, or leave out --reuse-controls',
      cause,
    });
  }
  return digest.digest('hex');
}

async function filesIn(folder: string, except: ReadonlySet<string>): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<readonly string[]> => {
      const entryPath = path.join(folder, entry.name);
      if (except.has(entryPath)) return [];
      if (entry.isDirectory()) return ignored.has(entry.name) ? [] : filesIn(entryPath, except);
      return entry.isFile() || entry.isSymbolicLink() ? [entryPath] : [];
    }),
  );
  return found.flat().toSorted();
}

async function digestOf(file: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return digest.digest('hex');
}
