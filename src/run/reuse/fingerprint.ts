import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';

import { DrillbookError } from '../../kernel/errors.ts';

/** Folders of any depth whose content is told by other means (lock files, image ids), or that belong to other tools. */
const passedOver = new Set(['.git', 'node_modules', '.drillbook']);

/**
 * A digest of everything in a folder: names, contents, what is executable and where links lead. Two folders with the same one
 * hold the same, but for `except` (absolute paths) and `.git`, `node_modules` and `.drillbook`.
 * @throws DrillbookError (`FILES_UNREADABLE`)
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
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DrillbookError(`whether anything has changed in ${folder} cannot be told: ${reason}`, {
      code: 'FILES_UNREADABLE',
      next: 'let nobody write there meanwhile, and everything be read; or have nothing reused',
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
      if (entry.isDirectory()) return passedOver.has(entry.name) ? [] : filesIn(entryPath, except);
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
