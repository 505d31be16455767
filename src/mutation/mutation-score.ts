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

/** Shares from 0 to 1. */
const interval = z.strictObject({ from: z.number(), to: z.number() });
export type ScoreInterval = z.infer<typeof interval>;

const counts = Object.fromEntries(mutantFates.map((fate) => [fate, z.int()])) as Record<MutantFate, z.ZodInt>;
/** The score is absent if no mutant of the operator was killed, and none survived. */
const operatorScore = z.strictObject({ operator: z.string(), score: z.number().optional(), ...counts });
export type OperatorScore = z.infer<typeof operatorScore>;

/** Mutants that survived for the same reason, with what would show the difference. */
const lackingGroup = z.strictObject({
  lacks: z.string(),
  propose: z.array(z.string()),
  /** Their ids. */
  mutants: z.array(z.string()),
});
export type LackingGroup = z.infer<typeof lackingGroup>;

/** The record of a run of mutants. A later run can continue from it. Records of older versions hold outcomes only. */
export const mutationRecord = z.strictObject({
  runbook: z.string(),
  sha256: z.string(),
  /** Absent if all mutants were to run. */
  sample: z.strictObject({ size: z.int(), seed: z.int() }).optional(),
  score: z.number().optional(),
  /** The 95 % interval of the score, for a sample. */
  interval: interval.optional(),
  operators: z.array(operatorScore).optional(),
  /** What the scenarios lack, the largest group of survivors first. */
  lacking: z.array(lackingGroup).optional(),
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

/** Outcomes of an earlier run that are about one of these mutants. An older version may have used the id otherwise. */
export function currentOutcomes(
  outcomes: readonly MutantOutcome[],
  mutants: readonly Mutant[],
): readonly MutantOutcome[] {
  const known = new Map(mutants.map((mutant) => [mutant.id, mutant]));
  return outcomes.filter(({ id, before, after }) => {
    const mutant = known.get(id);
    return mutant !== undefined && mutant.before === before && mutant.after === after;
  });
}

/**
 * Share of killed mutants among those that a scenario should notice, 0 to 1; undefined without a killed or survived
 * one.
 */
export function mutationScore(outcomes: readonly MutantOutcome[]): number | undefined {
  const { killed, shown } = countShown(outcomes);
  return shown === 0 ? undefined : killed / shown;
}

/** The two-sided 95 % quantile of the normal distribution. */
const z95 = 1.959964;

/** The 95 % interval of the score by Wilson; undefined without a score. It suits small numbers and shares near 1. */
export function scoreInterval(outcomes: readonly MutantOutcome[]): ScoreInterval | undefined {
  const { killed, shown } = countShown(outcomes);
  if (shown === 0) return undefined;
  const share = killed / shown;
  const square = z95 ** 2 / shown;
  const middle = (share + square / 2) / (1 + square);
  const half = (z95 * Math.sqrt((share * (1 - share)) / shown + square / (4 * shown))) / (1 + square);
  return { from: Math.max(0, middle - half), to: Math.min(1, middle + half) };
}

/** The score of each operator, the lowest first. */
export function scoreByOperator(outcomes: readonly MutantOutcome[]): readonly OperatorScore[] {
  const scores = [...Map.groupBy(outcomes, ({ id }) => id.split(':')[0] ?? '')].map(([operator, own]) => {
    const score = mutationScore(own);
    return { operator, ...(score === undefined ? {} : { score }), ...countFates(own) };
  });
  return scores.toSorted((one, other) => (one.score ?? 2) - (other.score ?? 2));
}

export function countFates(outcomes: readonly MutantOutcome[]): Readonly<Record<MutantFate, number>> {
  const count = (fate: MutantFate): number => outcomes.filter((one) => one.fate === fate).length;
  return Object.fromEntries(mutantFates.map((fate) => [fate, count(fate)])) as Record<MutantFate, number>;
}

/** The mutants that a scenario should notice, and those of them that one noticed. */
function countShown(outcomes: readonly MutantOutcome[]): { readonly killed: number; readonly shown: number } {
  const { killed, survived, untouched } = countFates(outcomes);
  return { killed, shown: killed + survived + untouched };
}
