import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { SetupError } from './errors.mjs';

/**
 * Lets one set-up run at a time. The lock is a folder with the name of its owner. A rename creates it, so that it is
 * never
 * without its owner. A lock whose owner is gone is removed.
 * @param {{ folder: string, withinMs: number, onWait: (owner: number) => void }} options
 * @returns {Promise<() => void>} releases the lock; safe to call twice
 */
export async function takeLock({ folder, withinMs, onWait }) {
  const deadline = performance.now() + withinMs;
  let announced = false;
  while (!tryTake(folder)) {
    const owner = readOwner(folder);
    if (owner && !isAlive(owner)) {
      removeDeadLock(folder, owner.pid);
      continue;
    }
    if (owner && !announced) onWait(owner.pid);
    announced ||= owner !== undefined;
    if (performance.now() > deadline) throw stillLocked(folder, owner?.pid);
    await delay(100);
  }
  return () => {
    if (readOwner(folder)?.pid === process.pid) rmSync(folder, { recursive: true, force: true });
  };
}

/** @param {string} folder */
function tryTake(folder) {
  const mine = `${folder}.${process.pid}`;
  mkdirSync(mine, { recursive: true });
  writeFileSync(join(mine, 'owner'), `${process.pid} ${startOf(process.pid)}\n`);
  try {
    // Fails while another lock exists, because its folder is not empty.
    renameSync(mine, folder);
    return true;
  } catch {
    rmSync(mine, { recursive: true, force: true });
    return false;
  }
}

/** @param {string} folder */
function readOwner(folder) {
  try {
    const [pid, start = ''] = readFileSync(join(folder, 'owner'), 'utf8').trim().split(' ');
    return { pid: Number(pid), start };
  } catch {
    return undefined;
  }
}

/** @param {{ pid: number, start: string }} owner */
function isAlive(owner) {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return startOf(owner.pid) === owner.start;
}

/**
 * When a process started. It distinguishes the owner from a later process with the same id. Empty if there is no /proc.
 * @param {number} pid
 */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/**
 * Removes the lock of a dead owner. Two waiters may see the same dead owner: only the one that creates the guard folder
 * removes the lock, and it checks the owner again first.
 * @param {string} folder
 * @param {number} deadPid
 */
function removeDeadLock(folder, deadPid) {
  const guard = `${folder}.removing`;
  try {
    mkdirSync(guard);
  } catch {
    if (ageMs(guard) > 10_000) rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (readOwner(folder)?.pid === deadPid) rmSync(folder, { recursive: true, force: true });
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

/** @param {string} path */
function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/**
 * @param {string} folder
 * @param {number | undefined} pid
 */
function stillLocked(folder, pid) {
  return new SetupError(`another set-up${pid ? ` (process ${pid})` : ''} is running and holds ${folder}`, {
    code: 'SETUP_LOCKED',
    next: `wait until it ends, or remove ${folder} if it is gone`,
  });
}
