import { z } from 'zod';

import type { Mutant } from './mutant.ts';

/**
 * `killed`: a scenario failed, as it should. `survived`: every scenario that runs the block passed, so that nobody would notice.
 * `equivalent`: somebody says why the change makes no difference. `untouched`: no scenario runs the block. `inconclusive`:
 * not shown either way.
 */
export const mutantFates = ['killed', 'survived', 'equivalent', 'untouched', 'inconclusive'] as const;
export type MutantFate = (typeof mutantFates)[number];

const outcome = z.strictObject({
  id: z.string(),
  line: z.int(),
  before: z.string(),
  after: z.string(),
  fate: z.enum(mutantFates),
  /** The scenario that killed it. */
  scenario: z.string().optional(),
  /** What it said, or why the mutant is equivalent. */
  reason: z.string().optional(),
});
export type MutantOutcome = z.infer<typeof outcome>;

/** What a run of mutants wrote down: enough to go on where it ended. */
export const mutationRecord = z.strictObject({
  runbook: z.string(),
  sha256: z.string(),
  outcomes: z.array(outcome),
});

/** Mutants that make no difference, each with the reason; told by their text, for lines move. */
export const equivalentMutants = z.array(
  z.strictObject({ operator: z.string(), before: z.string(), after: z.string().optional(), reason: z.string().min(1) }),
);
export type EquivalentMutants = z.infer<typeof equivalentMutants>;

export function whyEquivalent(mutant: Mutant, known: EquivalentMutants): string | undefined {
  return known.find(
    ({ operator, before, after }) =>
      operator === mutant.operator && before === mutant.before && (after === undefined || after === mutant.after),
  )?.reason;
}

/** Killed ones among those that somebody should have noticed, 0 to 1; undefined while nothing was shown. */
export function mutationScore(outcomes: readonly MutantOutcome[]): number | undefined {
  const count = (fate: MutantFate): number => outcomes.filter((one) => one.fate === fate).length;
  const shown = count('killed') + count('survived') + count('untouched');
  return shown === 0 ? undefined : count('killed') / shown;
}
