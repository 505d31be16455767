import { expect, test } from 'vitest';

import { readDurationRange, readRange, readSteps } from './read-flags.ts';

test('a range has two ends, or one value', () => {
  expect(readRange('500..10000')).toEqual({ from: 500, to: 10_000 });
  expect(readRange('-0.5..1e3')).toEqual({ from: -0.5, to: 1000 });
  expect(readRange('7')).toEqual({ from: 7, to: 7 });
  expect(readDurationRange('0s..1h30m')).toEqual({ from: 0, to: 5_400_000 });
});

test.for(['', '..', '1..', '..1', '1..2..3', '0x10..20', 'Infinity..1', 'a..b', '1 2..3', 'NaN'])(
  'the range %j is refused',
  (text) => {
    expect(() => readRange(text)).toThrow('expected a range');
    expect(() => readDurationRange(text)).toThrow('expected a range');
  },
);

test('a range must not be upside down', () => {
  expect(() => readRange('2..1')).toThrow('smaller end');
  expect(() => readDurationRange('2m..1m')).toThrow('smaller end');
});

test('a sweep has 2 to 40 values on an axis', () => {
  expect([readSteps('2'), readSteps('40')]).toEqual([2, 40]);
  for (const text of ['1', '41', '2.5', '']) expect(() => readSteps(text)).toThrow('from 2 to 40');
});
