import { expect, test } from 'vitest';

import { count, seconds } from './words.ts';

test('counts one in the singular and every other number in the plural', () => {
  expect([0, 1, 2].map((number) => count(number, 'job'))).toEqual(['0 jobs', '1 job', '2 jobs']);
  expect([1, 2].map((number) => count(number, 'process', 'processes'))).toEqual(['1 process', '2 processes']);
});

test('writes milliseconds as seconds to one decimal', () => {
  expect([0, 49, 1250, 60_000].map(seconds)).toEqual(['0 s', '0 s', '1.3 s', '60 s']);
});
