import { expect, test } from 'vitest';

import { parseRange, RangeError } from './parse-range.ts';

const exactly = (value: number): object => ({ value, inclusive: true });
const beyond = (value: number): object => ({ value, inclusive: false });

test.each([
  ['< 1000', 'waiting', { max: beyond(1000) }],
  ['> 5,000', 'waiting', { min: beyond(5000) }],
  ['`1-50`', 'active', { min: exactly(1), max: exactly(50) }],
  ['1 – 50 jobs', 'active', { min: exactly(1), max: exactly(50) }],
  ['≤ 2 000', 'delayed', { max: exactly(2000) }],
  ['>= 5k', 'delayed', { min: exactly(5000) }],
  ['< 10/hour', 'failed', { max: beyond(10) }],
  ['> 2 / min', 'failed', { min: beyond(120) }],
  ['> 10 jobs/sec', 'rate', { min: beyond(10) }],
  ['< 60 job-uri pe minut', 'rate', { max: beyond(1) }],
] as const)('%s of %s', (cell, metric, bounds) => {
  expect(parseRange(cell, metric)).toEqual({ ...bounds, text: cell.replaceAll('`', '') });
});

test.each([
  ['a few', 'waiting', /^expected/],
  ['', 'waiting', /^expected/],
  ['50-1', 'active', /runs backwards/],
  ['< 1-50', 'active', /either a comparison or a range/],
  ['< 1.000', 'waiting', /can be read as 1000/],
  ['< 10', 'failed', /unit is missing/],
  ['> 10', 'rate', /unit is missing/],
  ['< 10/hour', 'waiting', /does not fit/],
  ['< 10 apples', 'waiting', /does not fit/],
] as const)('%s of %s cannot be read', (cell, metric, says) => {
  expect(() => parseRange(cell, metric)).toThrow(RangeError);
  expect(() => parseRange(cell, metric)).toThrow(says);
});
