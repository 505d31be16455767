import fc from 'fast-check';
import { expect, test } from 'vitest';

import { narrowFilters } from './filters.ts';
import { Refusal } from './refusal.ts';

const ours = 'io.drillbook.sandbox=mine';

test.each([
  ['no filters', undefined, { label: [ours] }],
  ['an empty text', '', { label: [ours] }],
  ['lists', '{"label":["a=b"],"name":["x"]}', { label: ['a=b', ours], name: ['x'] }],
  ['maps', '{"label":{"a=b":true},"name":{"x":true,"y":true}}', { label: ['a=b', ours], name: ['x', 'y'] }],
  [
    'the label of another sandbox',
    '{"label":["io.drillbook.sandbox=other"]}',
    { label: ['io.drillbook.sandbox=other', ours] },
  ],
])('adds the label to %s', (_what, text, narrowed) => {
  expect(narrowFilters(text, ours)).toEqual(narrowed);
});

test.each([
  ['{', 'not JSON'],
  ['[]', 'not a JSON object'],
  ['null', 'not a JSON object'],
  ['"label"', 'not a JSON object'],
  ['{"nonsense":["x"]}', "Invalid filter 'nonsense'"],
  ['{"Label":["x"]}', "Invalid filter 'Label'"],
  ['{"since":["x"]}', 'does not offer the filter since'],
  ['{"label":{"a":false}}', 'cannot be read'],
  ['{"label":"a"}', 'cannot be read'],
  ['{"label":[["a"]]}', 'cannot be read'],
  ['{"__proto__":["a"]}', "Invalid filter '__proto__'"],
])('refuses %s', (text, why) => {
  expect(() => narrowFilters(text, ours)).toThrow(why);
});

test('every accepted filter includes the sandbox’s label', () => {
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
