import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { exitCode, InputError } from '../kernel/errors.ts';
import { oneLine, plainText } from '../kernel/plain-text.ts';
import { mutateRunbook } from '../mutation/mutate-runbook.ts';
import type { Mutant } from '../mutation/mutant.ts';
import {
  equivalentMutants,
  mutationRecord,
  whyEquivalent,
  type EquivalentMutants,
  type MutantOutcome,
} from '../mutation/mutation-score.ts';
import { sampleMutants, type Sample } from '../mutation/sample-mutants.ts';
import { summariseMutation } from '../mutation/summarise-mutation.ts';
import type { Project } from '../scenario/load-project.ts';
import { agreeOnSample } from '../series/agree-on-sample.ts';
import { mutationFile, runMutants, scenariosForMutant } from '../series/run-mutants.ts';
import { defineCommand } from './define-command.ts';
import type { Flags } from './options.ts';
import { scoreRuleMutants } from './mutate-alerts.ts';
import { readJson, readRecord } from './read-record.ts';
import { renderMutant, renderOutcome, renderSummary } from './render-mutation.ts';
import { readSeriesInput, runSeries, seriesOptions, type SeriesInput } from './run-series.ts';

const mutateOptions = [...seriesOptions, 'list', 'mutant', 'sample', 'minScore', 'alerts', 'rules', 'runs'] as const;
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
  details:
    'A mutant takes about 20 s; run it at night, or draw some with --sample. With --alerts and --runs it changes alert rules instead and judges recorded runs, which needs no Docker.',
  run: (flags) => (flags.alerts ? scoreAllRuleMutants(flags) : scoreMutants(flags)),
});

async function scoreAllRuleMutants(flags: MutateFlags): Promise<void> {
  if (flags.sample !== undefined) {
    throw new InputError('--sample is for mutants of the blocks', {
      code: 'FLAGS_CONTRADICT',
      next: 'leave it out: mutants of alert rules run nothing, so all of them are judged',
    });
  }
  await scoreRuleMutants(flags);
}

async function scoreMutants(flags: MutateFlags): Promise<void> {
  refuseAlertsFlags(flags);
  const input = await readSeriesInput(flags);
  const { project, runbook, resumed } = input;
  const all = await mutateRunbook(await readFile(runbook.file, 'utf8'), runbook, {
    queues: project.config.fleet.queues.map(({ name }) => name),
    services: project.config.services.workers,
  });
  const equivalent = await readEquivalent(project, all);
  const file = path.join(resumed ?? '', mutationFile);
  const known = resumed ? await readRecord(file, mutationRecord, runbook) : undefined;
  const sample = agreeOnSample(askedSample(flags), known, file);
  const mutants = drawMutants(selectMutants(all, flags, input), sample, equivalent);
  if (flags.list) {
    process.stdout.write(plainText(mutants.map((mutant) => `${renderMutant(mutant)}\n`).join('')));
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
        all,
        sample,
        equivalent,
        outcomes: known?.outcomes ?? [],
        onOutcome: (outcome) => print(plainText(renderOutcome(outcome))),
      }),
  );
  const summary = summariseMutation({ outcomes, mutants: all, procedures: runbook.procedures, sample });
  process.stdout.write(plainText(`\n${renderSummary(summary, all.length)}\n`));
  if (interrupted) process.exitCode = exitCode.interrupted;
  else if (summary.score === undefined) process.exitCode = exitCode.inconclusive;
  else if (summary.score * 100 < flags.minScore) process.exitCode = exitCode.failed;
  // An inconclusive or missing mutant might have survived. A good score of the others does not make up for it.
  else process.exitCode = isAllShown(mutants, outcomes) ? exitCode.passed : exitCode.inconclusive;
}

function askedSample({ sample: size, seed }: MutateFlags): Sample | undefined {
  return size === undefined ? undefined : { size, seed };
}

/** Mutants that make no difference are not drawn, because they say nothing about the scenarios. */
function drawMutants(
  mutants: readonly Mutant[],
  sample: Sample | undefined,
  equivalent: EquivalentMutants,
): readonly Mutant[] {
  if (!sample) return mutants;
  return sampleMutants(
    mutants.filter((mutant) => whyEquivalent(mutant, equivalent) === undefined),
    sample,
  );
}

function refuseAlertsFlags({ runs, rules }: MutateFlags): void {
  if (!runs && rules === undefined) return;
  throw new InputError('--runs and --rules are for mutants of alert rules', {
    code: 'FLAGS_CONTRADICT',
    next: 'add --alerts, or leave them out',
  });
}

function isAllShown(mutants: readonly Mutant[], outcomes: readonly MutantOutcome[]): boolean {
  return mutants.every(({ id }) => outcomes.some((one) => one.id === id && one.fate !== 'inconclusive'));
}

function selectMutants(
  all: readonly Mutant[],
  { mutant: ids, only }: MutateFlags,
  input: SeriesInput,
): readonly Mutant[] {
  const unknown = ids?.find((id) => !all.some((mutant) => mutant.id === id));
  if (unknown !== undefined) {
    throw new InputError(`there is no mutant ${unknown}`, {
      code: 'MUTANT_UNKNOWN',
      next: '"drillbook mutate --list" prints all of them',
    });
  }
  return all.filter(
    (mutant) => (!ids || ids.includes(mutant.id)) && (!only || scenariosForMutant(mutant, input).length > 0),
  );
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
