import { access, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

import { historyName, metricsName, ordersName } from '../history/file-names.ts';
import { readHistory } from '../history/reader.ts';
import { InputError } from '../kernel/errors.ts';
import { isMissing } from '../kernel/missing-file.ts';
import { isDeadDraft, removeDeadDrafts } from '../kernel/write-atomically.ts';
import { debriefNames, writeDebrief } from '../report/write-debrief.ts';
import { reportNames, writeReports } from '../report/write-reports.ts';
import { fileState, type SandboxState } from '../sandbox/find-sandboxes.ts';
import { dropLease, type Lease } from '../sandbox/lease.ts';
import { judgeDrillWithRecord } from '../verdict/drill/judge-drill.ts';
import { judgeRun } from './judge-run.ts';

/** Name of a run's folder, `20260131-235959-4711`: its start and its process id. */
const runNamePattern = /^\d{8}-\d{6}-\d+$/;

function reportsDir(projectDir: string): string {
  return path.join(projectDir, 'reports');
}

export interface OpenRun {
  readonly directory: string;
  readonly state: SandboxState;
  /** Undefined: the run has recorded nothing. */
  readonly lease?: Lease;
}

/** The runs that have not finished their reports. Until then each run has its lease in its folder. */
export async function findOpenRuns(projectDir: string): Promise<readonly OpenRun[]> {
  // A name with a dot is a folder that is still being created: not a run yet.
  const names = (await namesIn(reportsDir(projectDir))).filter((name) => !name.startsWith('.'));
  const runs = await Promise.all(
    names.map(async (name) => {
      const directory = path.join(reportsDir(projectDir), name);
      const found = await fileState(directory);
      if (found) return { directory, ...found };
      return (await isStillborn(directory)) ? { directory, state: 'dead' as const } : undefined;
    }),
  );
  return runs.filter((run) => run !== undefined);
}

/** A folder with nothing but half-written files of a dead process: a run that recorded nothing, left in mid-removal. */
async function isStillborn(directory: string): Promise<boolean> {
  if (!runNamePattern.test(path.basename(directory))) return false;
  const names = await namesIn(directory);
  return names.every((name) => isDeadDraft(name));
}

export interface FinishedRun {
  readonly directory: string;
  /**
   * `judged`: has its reports now. `removed`: had recorded nothing. `unreadable`: its history cannot be read, so it
   * stays unjudged.
   */
  readonly outcome: 'judged' | 'removed' | 'unreadable';
}

/**
 * Finishes every dead run of this project: judges its history, writes its reports, and removes its half-written files.
 * A history is evidence and never changes. The folder of a run that recorded nothing is removed.
 */
export async function finishDeadRuns(projectDir: string): Promise<readonly FinishedRun[]> {
  await removeDeadDrafts(reportsDir(projectDir));
  const dead = (await findOpenRuns(projectDir)).filter(({ state }) => state === 'dead');
  return Promise.all(dead.map(async ({ directory }) => ({ directory, outcome: await finish(directory, projectDir) })));
}

async function finish(directory: string, projectDir: string): Promise<FinishedRun['outcome']> {
  // Drafts of living processes stay: another sweep may be finishing this run too, and both get the same result.
  await removeDeadDrafts(directory);
  const outcome = await writeMissingReports(directory, projectDir);
  if (outcome === 'removed')
    for (const name of [historyName, metricsName]) await rm(path.join(directory, name), { force: true });
  await rm(path.join(directory, ordersName), { force: true });
  // The lease goes last: if this process dies as well, the next one starts again here.
  await dropLease(directory);
  if (outcome === 'removed') await removeIfEmpty(directory);
  return outcome;
}

async function writeMissingReports(directory: string, projectDir: string): Promise<FinishedRun['outcome']> {
  const history = path.join(directory, historyName);
  try {
    if (!(await hasAnyEvent(history))) return 'removed';
    if (!(await hasReports(directory, reportNames)) && !(await hasReports(directory, debriefNames)))
      await judgeInto(directory, history, projectDir);
    return 'judged';
  } catch (error) {
    if (error instanceof InputError) return (await isThere(history)) ? 'unreadable' : 'removed';
    throw error;
  }
}

/** Writes the reports of a run, or the debrief if it was a drill. */
async function judgeInto(directory: string, history: string, projectDir: string): Promise<void> {
  try {
    await writeReports(await judgeRun(history, projectDir), directory);
  } catch (error) {
    if (!(error instanceof InputError && error.code === 'DRILL_RECORD')) throw error;
    await writeDebrief(await judgeDrillWithRecord(readHistory(history)), directory);
  }
}

async function hasAnyEvent(history: string): Promise<boolean> {
  if (!(await isThere(history))) return false;
  for await (const event of readHistory(history)) return event.seq === 0;
  return false;
}

async function hasReports(directory: string, names: readonly string[]): Promise<boolean> {
  return (await Promise.all(names.map((name) => isThere(path.join(directory, name))))).every(Boolean);
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}

async function removeIfEmpty(directory: string): Promise<void> {
  await rmdir(directory).catch((error: unknown) => {
    // A file that is not ours is in it, or another process has removed it first.
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  });
}
