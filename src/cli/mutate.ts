import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { exitCode, InputError } from '../kernel/errors.ts';
import { oneLine, plainText } from '../kernel/plain-text.ts';
import { mutateRunbook } from '../mutation/mutate-runbook.ts';
import type { Mutant } from '../mutation/mutant.ts';
import {
  equivalentMutants,
  mutantFates,
  mutationRecord,
  mutationScore,
  whyEquivalent,
  type EquivalentMutants,
  type MutantOutcome,
} from '../mutation/mutation-score.ts';
import type { Project } from '../scenario/load-project.ts';
import { mutationFile, runMutants, scenariosForMutant } from '../series/run-mutants.ts';
import { defineCommand } from './define-command.ts';
import type { Flags } from './options.ts';
import { readJson, readRecord } from './read-record.ts';
import { readSeriesInput, runSeries, seriesOptions } from './run-series.ts';

const mutateOptions = [...seriesOptions, 'list', 'mutant', 'minScore'] as const;
type MutateFlags = Flags<(typeof mutateOptions)[number]>;

export const mutate = defineCommand({
  name: 'mutate',
  summary: 'change one thing at a time in the runbook and see whether the scenarios notice',
  needsDocker: true,
  options: mutateOptions,
  exits: {
    passed: 'enough mutants were killed',
    failed: 'too few mutants were killed',
    inconclusive: 'some mutants are inconclusive or did not run',
  },
  details: 'A mutant takes about 20 s; run it at night.',
  run: scoreMutants,
});

async function scoreMutants(flags: MutateFlags): Promise<void> {
  const input = await readSeriesInput(flags);
  const { project, runbook, scenarios, resumed } = input;
  const all = mutateRunbook(await readFile(runbook.file, 'utf8'), runbook, {
    queues: project.config.fleet.queues.map(({ name }) => name),
    services: project.config.services.workers,
  });
  const mutants = selectMutants(
    all,
    flags,
    (mutant) => scenariosForMutant(mutant, { project, runbook, scenarios }).length > 0,
  );
  const equivalent = await readEquivalent(project, all);
  const known = resumed ? await readRecord(path.join(resumed, mutationFile), mutationRecord, runbook) : undefined;
  if (flags.list) {
    process.stdout.write(plainText(mutants.map((mutant) => `${line(mutant)}\n`).join('')));
    return;
  }
  const { results: outcomes, interrupted } = await runSeries(
    { name: 'mutation', recordFile: mutationFile },
    input,
    flags,
    (options, print) =>
      runMutants({
        ...options,
        mutants,
        equivalent,
        outcomes: known?.outcomes ?? [],
        onOutcome: (outcome) => print(plainText(describe(outcome))),
      }),
  );
  const score = mutationScore(outcomes);
  process.stdout.write(plainText(`\n${summarise(outcomes, score)}\n`));
  if (interrupted) process.exitCode = exitCode.interrupted;
  else if (score === undefined) process.exitCode = exitCode.inconclusive;
  else if (score * 100 < flags.minScore) process.exitCode = exitCode.failed;
  // An inconclusive or missing mutant might have survived. A good score of the others does not make up for it.
  else process.exitCode = isAllShown(mutants, outcomes) ? exitCode.passed : exitCode.inconclusive;
}

function isAllShown(mutants: readonly Mutant[], outcomes: readonly MutantOutcome[]): boolean {
  return mutants.every(({ id }) => outcomes.some((one) => one.id === id && one.fate !== 'inconclusive'));
}

function selectMutants(
  all: readonly Mutant[],
  { mutant: ids, only }: MutateFlags,
  isRun: (mutant: Mutant) => boolean,
): readonly Mutant[] {
  const unknown = ids?.find((id) => !all.some((mutant) => mutant.id === id));
  if (unknown !== undefined) {
    throw new InputError(`there is no mutant ${unknown}`, {
      code: 'MUTANT_UNKNOWN',
      next: '"drillbook mutate --list" prints all of them',
    });
  }
  return all.filter((mutant) => (!ids || ids.includes(mutant.id)) && (!only || isRun(mutant)));
}

/** Reads the mutants that are known to make no difference. An entry that fits no mutant describes an older runbook. */
async function readEquivalent({ directory, config }: Project, mutants: readonly Mutant[]): Promise<EquivalentMutants> {
  if (config.equivalentMutants === undefined) return [];
  const file = path.resolve(directory, config.equivalentMutants);
  const known = await readJson(file, equivalentMutants);
  const stale = known.find((one) => !mutants.some((mutant) => whyEquivalent(mutant, [one]) !== undefined));
  if (!stale) return known;
  const text = await readFile(file, 'utf8');
  const offset = Math.max(0, text.indexOf(JSON.stringify(stale.before)));
  throw new InputError(`the runbook has no mutant ${stale.operator} of ${oneLine(stale.before, 80)}`, {
    code: 'MUTANT_STALE',
    location: { file, line: text.slice(0, offset).split('\n').length },
    next: 'write it as "drillbook mutate --list" prints it now, or remove it',
  });
}

function line({ id, before, after }: Pick<Mutant, 'id' | 'before' | 'after'>): string {
  return `${id.padEnd(24)} ${oneLine(before, 60)}  ->  ${after === '' ? '(nothing)' : oneLine(after, 60)}`;
}

function describe(outcome: MutantOutcome): string {
  const { fate, scenario, reason } = outcome;
  const why = [scenario, reason && oneLine(reason, 160)].filter((part) => part !== undefined).join(': ');
  return `${fate.padEnd(12)} ${line(outcome)}${why === '' ? '' : `\n${' '.repeat(13)}${why}`}`;
}

function summarise(outcomes: readonly MutantOutcome[], score: number | undefined): string {
  const counts = mutantFates.map((fate) => `${outcomes.filter((one) => one.fate === fate).length} ${fate}`);
  return `${score === undefined ? 'no score' : `score ${Math.floor(score * 1000) / 10} %`}: ${counts.join(', ')}`;
}
