import fc from 'fast-check';
import { expect, test } from 'vitest';

import { narrowFilters } from './filters.ts';
import { Refusal } from './refusal.ts';

const ours = 'io.drillbook.sandbox=mine';

test.each([
  ['none', undefined, { label: [ours] }],
  ['an empty text', '', { label: [ours] }],
  ['lists', '{"label":["a=b"],"name":["x"]}', { label: ['a=b', ours], name: ['x'] }],
  ['maps', '{"label":{"a=b":true},"name":{"x":true,"y":true}}', { label: ['a=b', ours], name: ['x', 'y'] }],
  [
    'the label itself, of another',
    '{"label":["io.drillbook.sandbox=other"]}',
    { label: ['io.drillbook.sandbox=other', ours] },
  ],
])('%s', (_what, text, narrowed) => {
  expect(narrowFilters(text, ours)).toEqual(narrowed);
});

test.each([
  ['{', 'no JSON'],
  ['[]', 'no object'],
  ['null', 'no object'],
  ['"label"', 'no object'],
  ['{"nonsense":["x"]}', "Invalid filter 'nonsense'"],
  ['{"Label":["x"]}', "Invalid filter 'Label'"],
  ['{"since":["x"]}', 'since is not offered'],
  ['{"label":{"a":false}}', 'cannot be read'],
  ['{"label":"a"}', 'cannot be read'],
  ['{"label":[["a"]]}', 'cannot be read'],
  ['{"__proto__":["a"]}', "Invalid filter '__proto__'"],
])('%s is refused', (text, why) => {
  expect(() => narrowFilters(text, ours)).toThrow(why);
});

test('whatever is given, the sandbox’s label is asked for, or nothing is', () => {
  const values = fc.oneof(fc.array(fc.string()), fc.dictionary(fc.string(), fc.boolean()), fc.jsonValue());
  const text = fc.oneof(
    fc
      .dictionary(fc.constantFrom('label', 'label!', 'name', 'Label', '__proto__', 'since'), values)
      .map((value) => JSON.stringify(value)),
    fc.json(),
    fc.string(),
  );
  const outcome = (given: string): unknown => {
    try {
      return narrowFilters(given, ours)['label'];
    } catch (error) {
      if (error instanceof Refusal) return [ours];
      throw error;
    }
  };
  fc.assert(
    fc.property(text, (given) => {
      expect(outcome(given)).toContain(ours);
    }),
    { numRuns: 1000 },
  );
});
