import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { takeLock } from './lock.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drillbook-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const onWait = () => {};

test('lets one run at a time, and tells the next one for whom it waits', async () => {
  const lock = join(folder, 'lock');
  const release = await takeLock({ folder: lock, withinMs: 1000, onWait });
  await expect(takeLock({ folder: lock, withinMs: 50, onWait })).rejects.toMatchObject({ code: 'SETUP_LOCKED' });
  /** @type {number[]} */
  const owners = [];
  const second = takeLock({
    folder: lock,
    withinMs: 10_000,
    onWait: (owner) => {
      owners.push(owner);
      release();
    },
  });
  (await second)();
  expect(owners).toEqual([process.pid]);
  expect(existsSync(lock)).toBe(false);
});

test('a lock whose owner is gone is taken over', async () => {
  const lock = join(folder, 'lock');
  mkdirSync(lock);
  // Ours, but begun at another time: a process id that was used again.
  writeFileSync(join(lock, 'owner'), `${process.pid} 1\n`);
  const release = await takeLock({ folder: lock, withinMs: 5000, onWait });
  release();
  release();
  expect(existsSync(lock)).toBe(false);
});
