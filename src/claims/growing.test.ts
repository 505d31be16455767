import { expect, test } from 'vitest';

import { readClaim } from './claims.ts';
import { recordMoments } from './testing/record-moments.ts';

const growing = readClaim({ claim: 'growing', queues: ['mail'], states: ['waiting', 'paused'], text: 't' });
const backlog = (...values: readonly number[]) =>
  recordMoments(values.map((waiting, index) => ({ s: index * 1000, mail: { waiting } })));

test('holds when every value of the last third is above every value of the first', () => {
  expect(growing.holds(backlog(1, 2, 9, 0, 3, 4))).toBe(true);
  expect(growing.holds(backlog(1, 3, 9, 0, 3, 4))).toBe(false);
});

test('adds up the states that it names', () => {
  const moved = [1, 2, 3, 4, 5, 6].map((sum, index) => ({ s: index, mail: { waiting: 6 - sum, paused: 2 * sum } }));
  expect(growing.holds(recordMoments(moved))).toBe(true);
});

test('is unknown with fewer than 6 samples', () => {
  expect(growing.holds(backlog(1, 2, 3, 4, 5))).toBeUndefined();
  expect(growing.everHolds(backlog(1, 2, 3, 4, 5))).toBeUndefined();
});
