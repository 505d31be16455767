import { access, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

import { readHistory } from '../history/reader.ts';
import { InputError } from '../kernel/errors.ts';
import { isMissing } from '../kernel/missing-file.ts';
import { isDeadDraft, removeDeadDrafts } from '../kernel/write-atomically.ts';
import { reportNames, writeReports } from '../report/write-reports.ts';
import { fileState, type SandboxState } from '../sandbox/find-sandboxes.ts';
import { dropLease } from '../sandbox/lease.ts';
import { judge } from '../verdict/judge.ts';

export const historyName = 'history.jsonl';

/** Name of a run's folder, `20260131-235959-4711`: its start and its process id. */
const runNamePattern = /^\d{8}-\d{6}-\d+$/;

function reportsDir(projectDir: string): string {
  return path.join(projectDir, 'reports');
}

export interface OpenRun {
  readonly directory: string;
  readonly state: SandboxState;
}

/** The runs that have not finished their reports. Until then each run has its lease in its folder. */
export async function findOpenRuns(projectDir: string): Promise<readonly OpenRun[]> {
  // A name with a dot is a folder that is still being created: not a run yet.
  const names = (await namesIn(reportsDir(projectDir))).filter((name) => !name.startsWith('.'));
  const runs = await Promise.all(
    names.map(async (name) => {
      const directory = path.join(reportsDir(projectDir), name);
      const found = await fileState(directory);
      if (found) return { directory, state: found.state };
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
  return Promise.all(dead.map(async ({ directory }) => ({ directory, outcome: await finish(directory) })));
}

async function finish(directory: string): Promise<FinishedRun['outcome']> {
  // Drafts of living processes stay: another sweep may be finishing this run too, and both get the same result.
  await removeDeadDrafts(directory);
  const outcome = await judgeRun(directory);
  if (outcome === 'removed') await rm(path.join(directory, historyName), { force: true });
  // The lease goes last: if this process dies as well, the next one starts again here.
  await dropLease(directory);
  if (outcome === 'removed') await removeIfEmpty(directory);
  return outcome;
}

async function judgeRun(directory: string): Promise<FinishedRun['outcome']> {
  const history = path.join(directory, historyName);
  try {
    if (!(await hasAnyEvent(history))) return 'removed';
    if (!(await hasEveryReport(directory))) await writeReports(await judge(readHistory(history)), directory);
    return 'judged';
  } catch (error) {
    if (error instanceof InputError) return (await isThere(history)) ? 'unreadable' : 'removed';
    throw error;
  }
}

async function hasAnyEvent(history: string): Promise<boolean> {
  if (!(await isThere(history))) return false;
  for await (const event of readHistory(history)) return event.seq === 0;
  return false;
}

async function hasEveryReport(directory: string): Promise<boolean> {
  return (await Promise.all(reportNames.map((name) => isThere(path.join(directory, name))))).every(Boolean);
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
