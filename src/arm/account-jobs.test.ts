import { expect, test } from 'vitest';

import { standstill } from './account-jobs.ts';

test('a job that has become due after a long wait is not left to stand still: it has just begun to move', () => {
  let [nowS, unfinished, delayed] = [0, 1, 1];
  const isOver = standstill({ unfinished: () => unfinished, delayed: () => delayed }, { now: () => nowS });
  expect(isOver()).toBe(false);
  nowS = 600_000;
  expect(isOver()).toBe(false);
  // It is due, and active: as much is left as before.
  delayed = 0;
  expect(isOver()).toBe(false);
  nowS += 69_999;
  expect(isOver()).toBe(false);
  nowS += 1;
  expect(isOver()).toBe(true);
  unfinished = 0;
  expect(isOver()).toBe(true);
});
