import { expect, test } from 'vitest';

import { kindOf, parseExposition, parseSeries } from './parse-exposition.ts';

test('samples, types, special values, timestamps and comments are read', () => {
  const text = [
    '# HELP jobs How many {jobs}.',
    '# TYPE jobs gauge',
    'jobs{queue="a", state="waiting"} 5',
    'jobs{queue="a",state="failed",} 1e3 1700000000000',
    'up_since NaN',
    'most +Inf',
    'least -Inf',
    '',
  ].join('\n');
  const { values, kinds } = parseExposition(text);
  expect([...values]).toEqual([
    ['jobs{queue="a", state="waiting"}', 5],
    ['jobs{queue="a",state="failed",}', 1000],
    ['up_since', NaN],
    ['most', Infinity],
    ['least', -Infinity],
  ]);
  expect(kindOf('jobs', kinds)).toBe('gauge');
  expect(kindOf('most', kinds)).toBe('untyped');
});

test.for([
  ['jobs{queue="a"', 1],
  ['ok 1\njobs{queue="a"} many', 2],
  ['jobs', 1],
  ['<html>', 1],
  ['jobs 0x10', 1],
] as const)('%j is refused at its line', ([text, line]) => {
  expect(() => parseExposition(text)).toThrow(`line ${line} of the metrics`);
});

test('label values may hold quotes, braces, commas, backslashes and line feeds', () => {
  const series = String.raw`jobs{queue="a\"b}c,d\\e\nf",state=""}`;
  expect([...parseExposition(`${series} 1`).values.keys()]).toEqual([series]);
  expect(parseSeries(series)).toEqual({ name: 'jobs', labels: { queue: 'a"b}c,d\\e\nf', state: '' } });
});

test('a histogram gives its type to its series', () => {
  const { kinds } = parseExposition('# TYPE took histogram\ntook_bucket{le="1"} 2\ntook_sum 3\ntook_count 2\n');
  expect(['took_bucket', 'took_sum', 'took_count'].map((name) => kindOf(name, kinds))).toEqual(
    Array.from({ length: 3 }, () => 'histogram'),
  );
});
