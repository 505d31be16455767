/** What `drillbook mutate` prints. */
import { oneLine } from '../kernel/plain-text.ts';
import type { Mutant } from '../mutation/mutant.ts';
import {
  countFates,
  mutantFates,
  type LackingGroup,
  type MutantOutcome,
  type OperatorScore,
} from '../mutation/mutation-score.ts';
import type { MutationSummary } from '../mutation/summarise-mutation.ts';
import { differingParts } from './differing-parts.ts';

/** One line. A long line of the runbook is cut to the part that changed. */
export function renderMutant({ id, before, after }: Pick<Mutant, 'id' | 'before' | 'after'>): string {
  const isLong = Math.max(before.length, after.length) > 60;
  const [was, is] = isLong && after !== '' ? differingParts(before, after) : [before, after];
  return `${id.padEnd(24)} ${oneLine(was, 100)}  ->  ${is === '' ? '(nothing)' : oneLine(is, 100)}`;
}

export function renderOutcome(outcome: MutantOutcome): string {
  const { fate, scenario, reason } = outcome;
  const why = [scenario, reason && oneLine(reason, 160)].filter((part) => part !== undefined).join(': ');
  return `${fate.padEnd(12)} ${renderMutant(outcome)}${why === '' ? '' : `\n${' '.repeat(13)}${why}`}`;
}

/**
 * What the scenarios lack, the score of each operator, and the score of all in the last line.
 * @param total how many mutants the runbook has
 */
export function renderSummary(
  { score, sample, interval, operators, lacking, outcomes }: MutationSummary,
  total: number,
): string {
  const fates = countFates(outcomes);
  const counts = mutantFates.map((fate) => `${fates[fate]} ${fate}`).join(', ');
  const drawn = sample && `a sample of ${Math.min(sample.size, total)} of ${total} mutants (seed ${sample.seed})`;
  const range = interval && `; 95 % interval of the score: ${tenths(interval.from)} to ${tenths(interval.to)}`;
  return [
    ...(lacking.length === 0 ? [] : [renderLacking(lacking), '']),
    ...(operators.length === 0 ? [] : [renderOperators(operators), '']),
    ...(drawn === undefined ? [] : [`${drawn}${range ?? ''}`]),
    `${score === undefined ? 'no score' : `score ${percent(score)}`}: ${counts}`,
  ].join('\n');
}

/** For a group of mutants. Their proposals often differ in a number only. */
const mostProposals = 3;

function renderLacking(groups: readonly LackingGroup[]): string {
  const lines = groups.flatMap(({ lacks, propose, mutants }) => [
    `  ${lacks}`,
    `    ${mutants.join(', ')}`,
    ...propose.slice(0, mostProposals).map((what) => `    add: ${what}`),
    ...(propose.length > mostProposals ? [`    and ${propose.length - mostProposals} more in the record`] : []),
  ]);
  return ['What the scenarios lack:', '', ...lines].join('\n');
}

function renderOperators(operators: readonly OperatorScore[]): string {
  const width = Math.max(...operators.map(({ operator }) => operator.length));
  const row = (name: string, score: string, counts: readonly (string | number)[]): string =>
    [name.padEnd(width), score.padStart(7), ...counts.map((count) => String(count).padStart(12))].join(' ');
  return [
    row('operator', 'score', mutantFates),
    ...operators.map(({ operator, score, ...counts }) =>
      row(
        operator,
        score === undefined ? '-' : percent(score),
        mutantFates.map((fate) => counts[fate]),
      ),
    ),
  ].join('\n');
}

/** Rounded down, so that 100 % means all. */
function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}

function tenths(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
