import { explainSurvivor } from './explain-survivor.ts';
import { unknownLack, type Lack } from './lack.ts';
import type { Mutant } from './mutant.ts';
import {
  mutationScore,
  scoreByOperator,
  scoreInterval,
  type LackingGroup,
  type MutantOutcome,
  type OperatorScore,
  type ScoreInterval,
} from './mutation-score.ts';
import type { Sample } from './sample-mutants.ts';

/** The part of a procedure that explanations need. */
interface SurvivedBlock {
  readonly address: string;
  readonly code: string;
  readonly section: { readonly title: string };
}

export interface MutationResults {
  readonly outcomes: readonly MutantOutcome[];
  /** Every mutant of the runbook, also those without an outcome. */
  readonly mutants: readonly Mutant[];
  /** The blocks of the runbook. */
  readonly procedures: readonly SurvivedBlock[];
  readonly sample: Sample | undefined;
}

/** The scores of a series, and what its survivors show about the scenarios. */
export interface MutationSummary {
  readonly sample?: Sample;
  /** Absent without a killed or survived mutant. */
  readonly score?: number;
  /** For a sample. */
  readonly interval?: ScoreInterval;
  readonly operators: readonly OperatorScore[];
  readonly lacking: readonly LackingGroup[];
  readonly outcomes: readonly MutantOutcome[];
}

export function summariseMutation(results: MutationResults): MutationSummary {
  const { outcomes, sample } = results;
  const score = mutationScore(outcomes);
  const interval = sample && scoreInterval(outcomes);
  return {
    ...(sample && { sample }),
    ...(score === undefined ? {} : { score }),
    ...(interval && { interval }),
    operators: scoreByOperator(outcomes),
    lacking: groupByLack(results),
    outcomes,
  };
}

/** Mutants that no scenario noticed, by what the scenarios lack: the largest group first, the unknown ones last. */
function groupByLack({ outcomes, mutants, procedures }: MutationResults): readonly LackingGroup[] {
  const groups = new Map<string, { propose: Set<string>; mutants: string[] }>();
  for (const outcome of outcomes) {
    if (outcome.fate !== 'survived' && outcome.fate !== 'untouched') continue;
    const mutant = mutants.find(({ id }) => id === outcome.id);
    const block = procedures.find(({ address }) => address === mutant?.address);
    const { lacks, propose } = explain(outcome, mutant, block);
    const group = groups.get(lacks) ?? { propose: new Set(), mutants: [] };
    groups.set(lacks, group);
    group.mutants.push(outcome.id);
    if (propose !== undefined) group.propose.add(propose);
  }
  const rank = ({ lacks, mutants: ids }: LackingGroup): number => (lacks === unknownLack.lacks ? 1 : -ids.length);
  return [...groups]
    .map(([lacks, group]) => ({ lacks, propose: [...group.propose], mutants: group.mutants }))
    .toSorted((one, other) => rank(one) - rank(other));
}

function explain({ fate }: MutantOutcome, mutant: Mutant | undefined, block: SurvivedBlock | undefined): Lack {
  if (!mutant || !block) return unknownLack;
  if (fate === 'untouched')
    return { lacks: 'no scenario that runs the block', propose: `a step with run: '${block.address}'` };
  return explainSurvivor(mutant, { code: block.code, title: block.section.title });
}
