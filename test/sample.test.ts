import { expect, test } from 'vitest';

import { draw, partOf } from './support/sample.ts';

const cases = Array.from({ length: 50 }, (_, index) => `case ${index}`);
const nameOf = (one: string): string => one;

test('the same seed draws the same cases, and another seed draws others', () => {
  const first = draw(cases, 5, 'a', nameOf);
  expect(first).toHaveLength(5);
  expect(draw(cases.toReversed(), 5, 'a', nameOf).toSorted()).toEqual([...first].toSorted());
  expect(draw(cases, 5, 'b', nameOf)).not.toEqual(first);
});

test('over many seeds each case is drawn about equally often', () => {
  const times = new Map(cases.map((one) => [one, 0]));
  for (let seed = 0; seed < 1000; seed += 1)
    for (const one of draw(cases, 5, String(seed), nameOf)) times.set(one, (times.get(one) ?? 0) + 1);
  expect(Math.min(...times.values())).toBeGreaterThan(50);
  expect(Math.max(...times.values())).toBeLessThan(160);
});

test('parts hold every case once, in order', () => {
  const parts = [1, 2, 3].flatMap((part) => partOf(cases, `${part}/3`));
  expect(parts).toEqual(cases);
  expect(partOf(cases, undefined)).toEqual(cases);
});

test.each(['0/3', '4/3', 'x', '1'])('the part %s is refused', (part) => {
  expect(() => partOf(cases, part)).toThrow(/expected a part such as 2\/5/);
});
