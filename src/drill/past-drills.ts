import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

import { historyName } from '../history/file-names.ts';
import { readHistory } from '../history/reader.ts';
import { InputError } from '../kernel/errors.ts';
import { orUndefinedIfMissing } from '../kernel/missing-file.ts';
import { findOpenRuns } from '../run/finish-dead-runs.ts';
import { debriefSchema, type Debrief } from '../verdict/drill/debrief.ts';

/** The debriefs of this project that this version can read, the oldest first. */
export async function readPastDrills(projectDir: string): Promise<readonly Debrief[]> {
  const debriefs = await Promise.all(
    (await runFolders(projectDir)).map((folder) => readDebrief(folder, debriefSchema)),
  );
  return debriefs.filter((debrief) => debrief !== undefined);
}

/** Folders of drills, the oldest first. */
export interface Forgotten {
  readonly removed: readonly string[];
  /** Drills of the player that are not over. They stay. */
  readonly living: readonly string[];
}

/** Removes every record of the drills of a player, except for a drill that is still played. */
export async function forgetPlayer(projectDir: string, player: string): Promise<Forgotten> {
  // Before the histories are read: a drill that ends meanwhile stays until the next call.
  const open = await findOpenRuns(projectDir);
  const living = new Set(open.filter(({ state }) => state !== 'dead').map(({ directory }) => directory));
  const folders = await runFolders(projectDir);
  const players = await Promise.all(folders.map(playerOf));
  const own = folders.filter((_, index) => players[index] === player);
  const removed = own.filter((directory) => !living.has(directory));
  for (const directory of removed) await rm(directory, { recursive: true });
  return { removed, living: own.filter((directory) => living.has(directory)) };
}

async function runFolders(projectDir: string): Promise<readonly string[]> {
  const reports = path.join(projectDir, 'reports');
  const names = ((await readdir(reports).catch(orUndefinedIfMissing)) ?? []).toSorted();
  return names.map((name) => path.join(reports, name));
}

/** The player of a drill by its history or, if that cannot be read, by a debrief of any version. */
async function playerOf(directory: string): Promise<string | undefined> {
  try {
    for await (const event of readHistory(path.join(directory, historyName))) {
      if (event.type === 'drill.started') return event.player;
      if (event.type === 'scenario.planned') return undefined;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  return (await readDebrief(directory, z.object({ player: z.string() })))?.player;
}

/** Undefined: another version may have written it, or a process that died meanwhile. */
async function readDebrief<T>(directory: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path.join(directory, 'debrief.json'), 'utf8').catch(orUndefinedIfMissing);
  try {
    return text === undefined ? undefined : schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
