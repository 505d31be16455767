import { expect, expectTypeOf, test } from 'vitest';

import { defined } from './defined.ts';

test('drops undefined keys and keeps every other value', () => {
  const fields = defined({ a: 0, b: '', c: false, d: null, e: undefined });
  expect(Object.keys(fields)).toEqual(['a', 'b', 'c', 'd']);
  expect(fields).toStrictEqual({ a: 0, b: '', c: false, d: null });
});

test('makes a key optional if its value may be undefined', () => {
  const line = (known: boolean): number | undefined => (known ? 3 : undefined);
  const fields = defined({ id: 'x', line: line(true) });
  expectTypeOf(fields).branded.toEqualTypeOf<{ id: string; line?: number }>();
  const location: { readonly file: string; readonly line?: number } = {
    file: 'r.md',
    ...defined({ line: line(false) }),
  };
  expect(location).toStrictEqual({ file: 'r.md' });
});
