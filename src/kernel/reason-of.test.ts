import { expect, test } from 'vitest';

import { DeadlineError } from './errors.ts';
import { reasonOf } from './reason-of.ts';

test('gives the message of an error, without its name', () => {
  expect(reasonOf(new TypeError('no such key'))).toBe('no such key');
  expect(reasonOf(new DeadlineError('the start', 50))).toBe('the start did not happen within 50 ms');
});

test('gives the text of a thrown value that is no error', () => {
  expect(reasonOf('odd')).toBe('odd');
  expect(reasonOf(undefined)).toBe('undefined');
});
