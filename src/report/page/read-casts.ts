import { lstat, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';

import { orUndefinedIfMissing } from '../../kernel/missing-file.ts';
import type { DrillRecord } from '../../record/drill-record.ts';
import type { RunRecord } from '../../record/run-record.ts';

/**
 * Reads the transcripts of a run, by the name that its history gives them. One that is missing, or that is not a plain
 * file inside the folder, is left out: a history comes from outside, and its names must not lead elsewhere.
 */
export async function readCasts(record: RunRecord, directory: string): Promise<ReadonlyMap<string, string>> {
  const arms = [...record.scenarios.values()].flatMap(({ arms: of }) => Object.values(of));
  // The transcripts of a recalled arm are in the folder of its own run.
  const procedures = arms.filter(({ recalled }) => !recalled).flatMap((arm) => arm.procedures);
  return readFiles(
    procedures.flatMap(({ ended }) => (ended ? [ended.cast] : [])),
    directory,
  );
}

/** The same for the terminals of a drill's player. */
export async function readPlayerCasts(
  { shells }: DrillRecord,
  directory: string,
): Promise<ReadonlyMap<string, string>> {
  return readFiles(
    shells.map(({ cast }) => cast),
    directory,
  );
}

async function readFiles(names: readonly string[], directory: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const name of new Set(names)) {
    const text = await readInside(directory, name);
    if (text !== undefined) texts.set(name, text);
  }
  return texts;
}

async function readInside(directory: string, name: string): Promise<string | undefined> {
  if (name === '' || name.includes('\0')) return undefined;
  const root = await realpath(directory);
  const file = path.resolve(root, name);
  if (!file.startsWith(root + path.sep)) return undefined;
  const found = await lstat(file).catch(orUndefinedIfMissing);
  if (!found?.isFile() || (await realpath(file)) !== file) return undefined;
  return readFile(file, 'utf8');
}
