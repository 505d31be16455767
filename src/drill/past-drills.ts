import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { orUndefinedIfMissing } from '../kernel/missing-file.ts';
import { debriefSchema, type Debrief } from '../verdict/drill/debrief.ts';

interface PastDrill {
  readonly directory: string;
  readonly debrief: Debrief;
}

/** The drills of this project with a debrief that this version can read, the oldest first. */
export async function readPastDrills(projectDir: string): Promise<readonly PastDrill[]> {
  const reports = path.join(projectDir, 'reports');
  const names = ((await readdir(reports).catch(orUndefinedIfMissing)) ?? []).toSorted();
  const drills = await Promise.all(
    names.map(async (name) => {
      const directory = path.join(reports, name);
      const text = await readFile(path.join(directory, 'debrief.json'), 'utf8').catch(orUndefinedIfMissing);
      const debrief = text === undefined ? undefined : parseDebrief(text);
      return debrief && { directory, debrief };
    }),
  );
  return drills.filter((drill) => drill !== undefined);
}

/** Another version may have written it, or a process that died meanwhile: it is no part of the comparison then. */
function parseDebrief(text: string): Debrief | undefined {
  try {
    return debriefSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Removes every record of the drills of a player. @returns the folders that were removed */
export async function forgetPlayer(projectDir: string, player: string): Promise<readonly string[]> {
  const own = (await readPastDrills(projectDir)).filter(({ debrief }) => debrief.player === player);
  for (const { directory } of own) await rm(directory, { recursive: true });
  return own.map(({ directory }) => directory);
}
