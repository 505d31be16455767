import { expect, test } from 'vitest';

import { formatError, InputError } from './errors.ts';

test('prints an error as one line: location, message, next step, code', () => {
  const error = new InputError('no range', {
    code: 'X',
    location: { file: 'r.md', line: 3, column: 5 },
    next: 'write one',
  });
  expect(formatError(error)).toBe('r.md:3:5: no range; write one [X]');
  expect(formatError('odd')).toBe('odd');
});
