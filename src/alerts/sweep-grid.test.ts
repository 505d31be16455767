import { expect, test } from 'vitest';

import { gridOf } from './sweep-grid.ts';

const present = { threshold: 5000, forMs: 600_000 };

test('a wide range has values of the same ratio, and the present one is among them', () => {
  const { thresholds, waitsMs } = gridOf({
    present,
    threshold: { from: 500, to: 10_000 },
    wait: { from: 60_000, to: 900_000 },
    steps: 10,
    intervalMs: 60_000,
  });
  expect(thresholds).toEqual([500, 700, 970, 1400, 1900, 2600, 3700, 5000, 7200, 10_000]);
  expect(waitsMs.map((ms) => ms / 60_000)).toEqual([1, 3, 4, 6, 7, 9, 10, 12, 13, 15]);
});

test('a narrow range has values at the same distance', () => {
  const { thresholds } = gridOf({
    present: { threshold: 0.5, forMs: 0 },
    threshold: { from: 0, to: 1 },
    wait: undefined,
    steps: 5,
    intervalMs: 60_000,
  });
  expect(thresholds).toEqual([0, 0.25, 0.5, 0.75, 1]);
});

test('a present value outside the range comes on top', () => {
  const { thresholds, waitsMs } = gridOf({
    present,
    threshold: { from: 1, to: 3 },
    wait: { from: 60_000, to: 60_000 },
    steps: 3,
    intervalMs: 60_000,
  });
  expect(thresholds).toEqual([1, 2, 3, 5000]);
  expect(waitsMs).toEqual([60_000, 600_000]);
});

test('without ranges the present setting is in the middle', () => {
  const grid = gridOf({ present, threshold: undefined, wait: undefined, steps: 10, intervalMs: 60_000 });
  expect([grid.thresholds[0], grid.thresholds.at(-1)]).toEqual([1250, 20_000]);
  expect([grid.waitsMs[0], grid.waitsMs.at(-1)]).toEqual([0, 1_200_000]);
});
