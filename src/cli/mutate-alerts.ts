/** `drillbook mutate --alerts`. */
import type { RecordedArm } from '../alerts/alerts-input.ts';
import { exitCode } from '../kernel/errors.ts';
import { oneLine, plainText } from '../kernel/plain-text.ts';
import { mutateRules, type LabelValues } from '../mutation/mutate-rules.ts';
import { mutantFates, mutationScore } from '../mutation/mutation-score.ts';
import { runRuleMutants, type RuleMutantOutcome } from '../series/run-rule-mutants.ts';
import { differingParts } from './differing-parts.ts';
import type { Flags } from './options.ts';
import {
  chooseRules,
  expectationsOf,
  findPromtool,
  loadAlertsProject,
  loadRuns,
  refuseUnknownAlerts,
  requireRuns,
} from './recorded-alerts.ts';

/** Judges mutants of the alert rules on recorded runs. */
export async function scoreRuleMutants(
  flags: Flags<'runbook' | 'rules' | 'runs' | 'list' | 'minScore'>,
): Promise<void> {
  const directories = requireRuns(flags.runs);
  const loaded = await loadAlertsProject(flags.runbook);
  const { rules, recordings } = await chooseRules(flags.rules, loaded);
  const expectations = expectationsOf(loaded.project);
  refuseUnknownAlerts(expectations, rules);
  const arms = await loadRuns(directories, loaded);
  const mutants = mutateRules(rules, labelValues(arms));
  if (flags.list) {
    process.stdout.write(plainText(mutants.map((mutant) => `${line(mutant)}\n`).join('')));
    return;
  }
  const promtool = await findPromtool(loaded.directory);
  if (!promtool) return;
  const { evaluationInterval: evaluationMs, scrapeInterval: scrapeMs } = loaded.project.config.metrics;
  const input = { promtool, rules, recordings, arms, evaluationMs, scrapeMs, expectations };
  const outcomes = await runRuleMutants(input, loaded.runbook, mutants);
  const score = mutationScore(outcomes);
  process.stdout.write(plainText(`${outcomes.map(describe).join('\n')}\n\n${summarise(outcomes, score)}\n`));
  process.exitCode = exitCodeOf(outcomes, score, flags.minScore);
}

function exitCodeOf(outcomes: readonly RuleMutantOutcome[], score: number | undefined, minScore: number): number {
  if (score === undefined) return exitCode.inconclusive;
  if (score * 100 < minScore) return exitCode.failed;
  return outcomes.some(({ fate }) => fate === 'inconclusive') ? exitCode.inconclusive : exitCode.passed;
}

function labelValues(arms: readonly RecordedArm[]): LabelValues {
  const series = arms.flatMap(({ segment }) => segment.series);
  return (metric, label) => series.flatMap(({ name, labels }) => (name === metric ? (labels[label] ?? []) : []));
}

const words = { killed: 'noticed', survived: 'SURVIVED', inconclusive: 'inconclusive' } as const;
type Judged = keyof typeof words;
const judged = mutantFates.filter((fate): fate is Judged => fate in words);

function describe(outcome: RuleMutantOutcome): string {
  const { fate, reason, advice } = outcome;
  const why = advice ?? reason;
  const word = fate in words ? words[fate as Judged] : fate;
  return `${word.padEnd(12)} ${line(outcome)}${why === undefined ? '' : `\n${' '.repeat(13)}${oneLine(why, 200)}`}`;
}

function line({ id, before, after }: Pick<RuleMutantOutcome, 'id' | 'before' | 'after'>): string {
  const [was, is] = differingParts(oneLine(before, 400), oneLine(after, 400));
  return `${id.padEnd(36)} ${after === '' ? '(no such rule)' : `${was}  ->  ${is}`}`;
}

function summarise(outcomes: readonly RuleMutantOutcome[], score: number | undefined): string {
  const counts = judged.map(
    (fate) => `${outcomes.filter((one) => one.fate === fate).length} ${words[fate].toLowerCase()}`,
  );
  return `${score === undefined ? 'no score' : `score ${Math.floor(score * 1000) / 10} %`}: ${counts.join(', ')}`;
}
