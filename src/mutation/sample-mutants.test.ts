import { expect, test } from 'vitest';

import type { Mutant } from './mutant.ts';
import { sampleMutants } from './sample-mutants.ts';

const mutant = (operator: string, line: number, section: string): Mutant => ({
  id: `${operator}:${line}`,
  operator,
  line,
  address: `${section} > Solution > bash[1]`,
  before: '',
  after: '',
  text: '',
});
const many = (operator: string, count: number, sections: readonly string[]): readonly Mutant[] =>
  Array.from({ length: count }, (_, line) => mutant(operator, line, sections[line % sections.length] ?? ''));
const all = [
  ...many('half', 60, ['3.1', '3.2', '4.3']),
  ...many('echo', 6, ['3.1']),
  ...many('invert', 30, ['3.2', '4.3']),
];
const idsOf = (size: number, seed: number): readonly string[] => sampleMutants(all, { size, seed }).map(({ id }) => id);

function tally(names: readonly (string | undefined)[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...new Set(names)].map((name) => [name, names.filter((one) => one === name).length]));
}

test('draws as many mutants of each operator, and then of each section', () => {
  const drawn = sampleMutants(all, { size: 12, seed: 1 });
  expect(tally(drawn.map(({ operator }) => operator))).toEqual({ half: 4, echo: 4, invert: 4 });
  const sections = tally(drawn.map(({ address }) => address?.slice(0, 3)));
  expect(sections).toEqual({ '3.1': 4, '3.2': 4, '4.3': 4 });
});

test('the same seed draws the same, another one something else', () => {
  expect(idsOf(12, 1)).toEqual(idsOf(12, 1));
  expect(new Set(idsOf(12, 1))).not.toEqual(new Set(idsOf(12, 2)));
  expect(
    sampleMutants(all.toReversed(), { size: 12, seed: 1 })
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(idsOf(12, 1).toSorted());
});

test('a larger sample holds the smaller one, so that a series can go on', () => {
  expect(new Set(idsOf(40, 7)).isSupersetOf(new Set(idsOf(12, 7)))).toBe(true);
});

test('takes the others where an operator has too few, and all if there are no more', () => {
  expect(tally(sampleMutants(all, { size: 30, seed: 3 }).map(({ operator }) => operator))).toEqual({
    half: 12,
    echo: 6,
    invert: 12,
  });
  expect(idsOf(500, 1)).toEqual(all.map(({ id }) => id));
});
