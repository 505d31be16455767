import { access, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

import { readHistory } from '../history/reader.ts';
import { InputError } from '../kernel/errors.ts';
import { isDeadDraft, removeDeadDrafts } from '../kernel/write-atomically.ts';
import { reportNames, writeReports } from '../report/write-reports.ts';
import { fileState, type SandboxState } from '../sandbox/find-sandboxes.ts';
import { dropLease } from '../sandbox/lease.ts';
import { judge } from '../verdict/judge.ts';

export const historyName = 'history.jsonl';

/** `20260131-235959-4711`: when it began, and its process. */
const runNamePattern = /^\d{8}-\d{6}-\d+$/;

function reportsDir(projectDir: string): string {
  return path.join(projectDir, 'reports');
}

export interface OpenRun {
  readonly directory: string;
  readonly state: SandboxState;
}

/** The runs that have not come to the end of their reports: each has its lease in its folder until then. */
export async function findOpenRuns(projectDir: string): Promise<readonly OpenRun[]> {
  // A folder that is still being made is not a run yet.
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

/** Nothing but what a dead process had half written: a run of which nothing is recorded, and whose folder was being removed. */
async function isStillborn(directory: string): Promise<boolean> {
  if (!runNamePattern.test(path.basename(directory))) return false;
  const names = await namesIn(directory);
  return names.every((name) => isDeadDraft(name));
}

export interface FinishedRun {
  readonly directory: string;
  /** `judged`: it has its reports now. `removed`: nothing was ever recorded. `unreadable`: its history is no history. */
  readonly outcome: 'judged' | 'removed' | 'unreadable';
}

/**
 * Gives every dead run of this project what it did not come to: the verdict on its history, which is evidence and stays. What
 * it had half written goes, and so does the folder of a run of which nothing was ever recorded.
 */
export async function finishDeadRuns(projectDir: string): Promise<readonly FinishedRun[]> {
  await removeDeadDrafts(reportsDir(projectDir));
  const dead = (await findOpenRuns(projectDir)).filter(({ state }) => state === 'dead');
  return Promise.all(dead.map(async ({ directory }) => ({ directory, outcome: await finish(directory) })));
}

async function finish(directory: string): Promise<FinishedRun['outcome']> {
  // A living process' drafts stay: another sweep may be at work here, and both end with the same.
  await removeDeadDrafts(directory);
  const outcome = await judgeRun(directory);
  if (outcome === 'removed') await rm(path.join(directory, historyName), { force: true });
  // The lease goes last: should this process die too, the next one goes on here.
  await dropLease(directory);
  if (outcome === 'removed') await removeIfEmpty(directory);
  return outcome;
}

async function judgeRun(directory: string): Promise<FinishedRun['outcome']> {
  const history = path.join(directory, historyName);
  try {
    if (!(await hasAnEvent(history))) return 'removed';
    if (!(await hasEveryReport(directory))) await writeReports(await judge(readHistory(history)), directory);
    return 'judged';
  } catch (error) {
    if (error instanceof InputError) return (await isThere(history)) ? 'unreadable' : 'removed';
    throw error;
  }
}

async function hasAnEvent(history: string): Promise<boolean> {
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
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  });
}

async function removeIfEmpty(directory: string): Promise<void> {
  await rmdir(directory).catch((error: unknown) => {
    // Somebody put something there, or another process was quicker.
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  });
}
