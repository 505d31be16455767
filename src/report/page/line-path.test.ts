import { expect, test } from 'vitest';

import { linePath } from './line-path.ts';

const draw = (...values: readonly (number | undefined)[]): string =>
  linePath(
    values.map((value, t) => ({ t: t * 10, value })),
    (t) => t,
    (value) => 100 - value,
  );

test('a value holds until the next one', () => {
  expect(draw(10, 10, 30)).toBe('M0 90h0h10h10v-20');
});

test('the line breaks where nothing is known, and a lone value is a dot', () => {
  expect(draw(10, undefined, 5, undefined)).toBe('M0 90h0M20 95h0');
});
