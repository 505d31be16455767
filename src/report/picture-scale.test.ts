import { assert as check, double, integer, property } from 'fast-check';
import { expect, test } from 'vitest';

import { clockText, clockTicks, numberText, numberTicks, valueRange } from './picture-scale.ts';

test.each([
  [
    [3, 18_160, 5000],
    [0, 20_000],
  ],
  [
    [0, 0],
    [0, 1],
  ],
  [
    [180, 180],
    [0, 200],
  ],
  [
    [-3, 40],
    [-20, 40],
  ],
  [
    [1_767_225_600, 1_767_229_200],
    [1_767_225_000, 1_767_230_000],
  ],
  [[], [0, 1]],
])('the values %j are shown in the range %j', (values, range) => {
  expect(valueRange(values)).toEqual(range);
});

test('each range holds its values', () => {
  const values = double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
  check(
    property(values, values, (one, other) => {
      const [low, high] = valueRange([one, other]);
      expect(low).toBeLessThanOrEqual(Math.min(one, other) + 1e-3);
      expect(high).toBeGreaterThanOrEqual(Math.max(one, other) - 1e-3);
      expect(low).toBeLessThan(high);
      expect(numberTicks([low, high], 4).length).toBeLessThanOrEqual(8);
    }),
  );
});

test.each([
  [[0, 1_800_000], 10, ['0:00', '5:00', '10:00', '15:00', '20:00', '25:00', '30:00']],
  [[95_000, 275_000], 7, ['2:00', '2:30', '3:00', '3:30', '4:00', '4:30']],
  [[0, 21_600_000], 5, ['0:00', '2:00:00', '4:00:00', '6:00:00']],
  [[1000, 1400], 6, ['0:01', '0:01.1', '0:01.2', '0:01.3', '0:01.4']],
] as const)('the times %j have at most %i round instants', (range, most, texts) => {
  expect(clockTicks(range, most).map(clockText)).toEqual(texts);
});

test('a clock never has more instants than fit', () => {
  const ms = integer({ min: 0, max: 7 * 86_400_000 });
  check(
    property(ms, ms, integer({ min: 2, max: 20 }), (from, length, most) => {
      expect(clockTicks([from, from + length], most).length).toBeLessThanOrEqual(most + 1);
    }),
  );
});

test('clocks show hours only from one hour on', () => {
  expect([0, 61_000, 3_599_950, 3_605_000, -1500].map(clockText)).toEqual([
    '0:00',
    '1:01',
    '1:00:00',
    '1:00:05',
    '-0:01.5',
  ]);
});

test('numbers are short', () => {
  expect([0, 0.1 + 0.2, 5000, 99_999, 1_234_567, NaN, 1e-7].map(numberText)).toEqual([
    '0',
    '0.3',
    '5000',
    '99999',
    '1.23M',
    'NaN',
    '1.00e-7',
  ]);
});
