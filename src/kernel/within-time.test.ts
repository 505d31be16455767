import { expect, test } from 'vitest';

import { DeadlineError } from './errors.ts';
import { withinTime } from './within-time.ts';

test('gives the result of work that ends in time, or its own error', () => {
  expect(withinTime('it', 1000, () => 5)).toBe(5);
  const own = new Error('own');
  expect(() =>
    withinTime('it', 1000, () => {
      throw own;
    }),
  ).toThrow(own);
});

test.each([
  [
    'a loop',
    () => {
      for (let turn = 0; turn >= 0; turn = (turn + 1) % 1000);
    },
  ],
  ['a regular expression', () => /^(?:a+)+$/.test(`${'a'.repeat(60)}b`)],
])('stops %s that never ends', (_, work) => {
  expect(() => withinTime('the work', 50, work)).toThrow(DeadlineError);
});
