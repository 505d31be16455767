import { z } from 'zod';

import type { Mutant } from './mutant.ts';

/**
 * - `killed`: a scenario failed, as it should.
 * - `survived`: every scenario that runs the block passed, so the mistake would go unnoticed.
 * - `equivalent`: the user gave a reason why the change makes no difference.
 * - `untouched`: no scenario runs the block.
 * - `inconclusive`: no scenario failed, and not every one passed.
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
  /** The finding of that scenario, or why the mutant is equivalent. */
  reason: z.string().optional(),
});
export type MutantOutcome = z.infer<typeof outcome>;

/** The record of a run of mutants. A later run can continue from it. */
export const mutationRecord = z.strictObject({
  runbook: z.string(),
  sha256: z.string(),
  outcomes: z.array(outcome),
});

/** Mutants that make no difference, each with the reason. Their text identifies them, because line numbers change. */
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

/**
 * Share of killed mutants among those that a scenario should notice, 0 to 1; undefined without a killed or survived
 * one.
 */
export function mutationScore(outcomes: readonly MutantOutcome[]): number | undefined {
  const count = (fate: MutantFate): number => outcomes.filter((one) => one.fate === fate).length;
  const shown = count('killed') + count('survived') + count('untouched');
  return shown === 0 ? undefined : count('killed') / shown;
}
