import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';

import { exitCode, InputError } from '../kernel/errors.ts';
import { oneLine, plainText } from '../kernel/plain-text.ts';
import { mutateRunbook } from '../mutation/mutate-runbook.ts';
import type { Mutant } from '../mutation/mutant.ts';
import {
  equivalentMutants,
  mutantFates,
  mutationRecord,
  mutationScore,
  type EquivalentMutants,
  type MutantOutcome,
} from '../mutation/mutation-score.ts';
import { createLiveProgress } from '../report/live-progress.ts';
import { loadProject, type Project } from '../run/project.ts';
import { mutationFile, runMutants, scenariosThatRun } from '../run/run-mutants.ts';
import { readRunbook } from '../runbook/read-runbook.ts';
import { readSetupManifest } from '../sandbox/setup-manifest.ts';
import { interruptible } from './interruptible.ts';
import { readCount, readSeed, readTimeScale } from './read-flags.ts';
import { readJson, readRecord } from './read-record.ts';
import { newRunId, selectScenarios } from './select-scenarios.ts';
import { drillbookVersion } from './version.ts';

interface MutateFlags {
  readonly runbook?: string;
  readonly only?: readonly string[];
  readonly list?: true;
  readonly mutant?: readonly string[];
  readonly resume?: string;
  readonly minScore: number;
  readonly timeScale?: number;
  readonly seed: number;
}

export function addMutate(program: Command): void {
  program
    .command('mutate')
    .description('change one thing at a time in the runbook and see whether the scenarios notice')
    .option('--runbook <file>', 'runbook to change (default: the one of the configuration)')
    .option('--only <id...>', 'run these scenarios only, and change only what they run')
    .option('--list', 'list the mutants, and stop')
    .option('--mutant <id...>', 'run these mutants only')
    .option('--resume <run>', 'go on where this run ended')
    .option('--min-score <percent>', 'fail below this share of killed mutants', readCount, 95)
    .option('--time-scale <n>', 'sandbox seconds per real second, 1 to 60', readTimeScale)
    .option('--seed <n>', 'seed of the load', readSeed, 1)
    .addHelpText(
      'after',
      '\nTakes about half a minute a mutant. Exit codes: 0 enough were killed, 1 too few, 2 not all was shown, 64, 70 and 130 as with verify.',
    )
    .action(mutate);
}

async function mutate(flags: MutateFlags): Promise<void> {
  const directory = process.cwd();
  const project = await loadProject(directory);
  const file = flags.runbook ?? path.resolve(directory, project.config.runbook);
  const runbook = await readRunbook(file, { labels: project.config.labels });
  const scenarios = selectScenarios(project, flags.only);
  const all = mutateRunbook(await readFile(file, 'utf8'), runbook, {
    queues: project.config.fleet.queues.map(({ name }) => name),
    services: project.config.services.workers,
  });
  const mutants = selectMutants(
    all,
    flags,
    (mutant) => scenariosThatRun(mutant, { project, runbook, scenarios }).length > 0,
  );
  const equivalent = await readEquivalent(project);
  const resumed = flags.resume === undefined ? undefined : path.resolve(flags.resume);
  const known = resumed ? await readRecord(path.join(resumed, mutationFile), mutationRecord, runbook) : undefined;
  if (flags.list) {
    process.stdout.write(plainText(mutants.map((mutant) => `${line(mutant)}\n`).join('')));
    return;
  }
  const runId = newRunId();
  const reportDir = resumed ?? path.join(directory, 'reports', `mutation-${runId}`);
  const progress = createLiveProgress(process.stderr, { live: process.stderr.isTTY && !process.env['CI'] });
  const interrupts = interruptible();
  const outcomes = await runMutants({
    project,
    runbook,
    scenarios,
    mutants,
    equivalent,
    outcomes: known?.outcomes ?? [],
    manifest: await readSetupManifest(directory),
    timeScale: flags.timeScale ?? project.config.timeScale,
    seed: flags.seed,
    version: await drillbookVersion(),
    runId,
    reportDir,
    onEvent: (event) => progress.apply(event),
    onOutcome: (outcome) => {
      progress.end();
      process.stdout.write(plainText(`${describe(outcome)}\n`));
    },
    signal: interrupts.signal,
    hurry: interrupts.hurry,
  }).finally(() => progress.end());
  const score = mutationScore(outcomes);
  process.stdout.write(plainText(`\n${summarise(outcomes, score)}\n`));
  process.stderr.write(`record: ${path.relative(directory, path.join(reportDir, mutationFile))}\n`);
  if (interrupts.signal.aborted) process.exitCode = exitCode.interrupted;
  else if (score === undefined) process.exitCode = exitCode.inconclusive;
  else if (score * 100 < flags.minScore) process.exitCode = exitCode.failed;
  // What was shown neither way might have survived: a good score of the others does not make up for it.
  else
    process.exitCode = outcomes.some(({ fate }) => fate === 'inconclusive') ? exitCode.inconclusive : exitCode.passed;
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
      next: 'drillbook mutate --list shows them all',
    });
  }
  return all.filter((mutant) => (!ids || ids.includes(mutant.id)) && (!only || isRun(mutant)));
}

async function readEquivalent({ directory, config }: Project): Promise<EquivalentMutants> {
  if (config.equivalentMutants === undefined) return [];
  return readJson(path.resolve(directory, config.equivalentMutants), equivalentMutants);
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
