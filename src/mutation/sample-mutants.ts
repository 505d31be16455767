import { createHash } from 'node:crypto';

import type { Mutant } from './mutant.ts';

/** How many mutants are drawn, and the seed of the draw. */
export interface Sample {
  readonly size: number;
  readonly seed: number;
}

/**
 * Draws mutants evenly over the operators, and then evenly over the sections. The same seed draws the same mutants. A
 * larger sample with the same seed holds the smaller one.
 * @returns the drawn mutants in their order
 */
export function sampleMutants(mutants: readonly Mutant[], { size, seed }: Sample): readonly Mutant[] {
  const byOperator = Map.groupBy(
    shuffle(mutants, seed, ({ id }) => id),
    ({ operator }) => operator,
  );
  const operators = shuffle([...byOperator], seed, ([operator]) => operator).map(([, own]) => new Set(own));
  const drawn = new Set<Mutant>();
  const ofSection = new Map<string, number>();
  while (drawn.size < Math.min(size, mutants.length)) {
    for (const left of operators) {
      const next = fewest(left, (mutant) => ofSection.get(sectionOf(mutant)) ?? 0);
      if (!next || drawn.size >= size) continue;
      left.delete(next);
      drawn.add(next);
      ofSection.set(sectionOf(next), (ofSection.get(sectionOf(next)) ?? 0) + 1);
    }
  }
  return mutants.filter((mutant) => drawn.has(mutant));
}

/** `3.2` of `3.2 > Solution > bash[1]`. The thresholds table counts as a section of its own. */
function sectionOf({ address = '' }: Mutant): string {
  return address.split(' > ')[0] ?? '';
}

/** The order depends on the seed and the names alone, not on the order of the items. */
function shuffle<Item>(items: readonly Item[], seed: number, nameOf: (item: Item) => string): readonly Item[] {
  const keys = new Map(
    items.map((item) => [
      item,
      createHash('sha256')
        .update(`${seed} ${nameOf(item)}`)
        .digest('hex'),
    ]),
  );
  return items.toSorted((one, other) => ((keys.get(one) ?? '') < (keys.get(other) ?? '') ? -1 : 1));
}

/** The first of those with the least count. */
function fewest<Item>(items: Iterable<Item>, countOf: (item: Item) => number): Item | undefined {
  let found: { readonly item: Item; readonly count: number } | undefined;
  for (const item of items) {
    const count = countOf(item);
    if (!found || count < found.count) found = { item, count };
  }
  return found?.item;
}
