/**
 * `drillbook mutate`: breaks the runbook in one place at a time, and looks whether a scenario fails.
 *
 * 1. Settle the mutants that need no run: equivalent ones, unreadable ones, and those that no scenario runs.
 * 2. Verify each other mutant in the scenarios that run the changed block, in shared sandboxes.
 * 3. Stop at the first scenario that fails: the mutant is killed. If all pass, it survived.
 *
 * The record is written after each mutant. An interrupted series loses only the mutants that were running.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { InputError } from '../kernel/errors.ts';
import type { Mutant } from '../mutation/mutant.ts';
import {
  currentOutcomes,
  whyEquivalent,
  type EquivalentMutants,
  type MutantOutcome,
} from '../mutation/mutation-score.ts';
import type { Sample } from '../mutation/sample-mutants.ts';
import { summariseMutation } from '../mutation/summarise-mutation.ts';
import { bindForRun } from '../run/run-verify.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { affectedScenarios } from '../scenario/affected-scenarios.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import type { RunReport } from '../verdict/run-report.ts';
import { shareSandboxes, type SeriesOptions, type VerifyOne } from './share-sandboxes.ts';
import { writeRecord } from './write-record.ts';

export interface MutantsOptions extends SeriesOptions {
  readonly mutants: readonly Mutant[];
  /** Every mutant of the runbook, also those that do not run. An earlier series may have run them. */
  readonly all: readonly Mutant[];
  /** How the mutants were drawn; undefined if they were not. */
  readonly sample: Sample | undefined;
  readonly equivalent: EquivalentMutants;
  /** Outcomes of an earlier series. These mutants do not run again, except inconclusive ones. */
  readonly outcomes: readonly MutantOutcome[];
  readonly onOutcome: (outcome: MutantOutcome) => void;
}

/** File name of the series' record, in its folder. */
export const mutationFile = 'mutation.json';

/** @returns the outcomes of this and of the earlier series */
export async function runMutants(options: MutantsOptions): Promise<readonly MutantOutcome[]> {
  const { runbook, reportDir, mutants, sample } = options;
  // A scenario that does not fit the fleet is refused before anything is started.
  for (const scenario of options.scenarios) bindForRun(scenario, { ...options, repeat: false });
  const outcomes = currentOutcomes(options.outcomes, options.all).filter(({ fate }) => fate !== 'inconclusive');
  const record = async ({ mutant: { id, line, before, after }, result }: Settled): Promise<void> => {
    const outcome = { id, line, before, after, ...result };
    outcomes.push(outcome);
    const summary = summariseMutation({ outcomes, mutants: options.all, procedures: runbook.procedures, sample });
    await writeRecord(path.join(reportDir, mutationFile), runbook, { ...summary });
    options.onOutcome(outcome);
  };
  await mkdir(reportDir, { recursive: true });
  const toVerify: Verifiable[] = [];
  for (const mutant of mutants) {
    if (options.signal.aborted || outcomes.some(({ id }) => id === mutant.id)) continue;
    const read = await readMutant(mutant, options);
    if ('result' in read) await record(read);
    else toVerify.push(read);
  }
  await shareSandboxes(options, {
    items: toVerify,
    isDemanding: ({ scenarios }) => scenarios.some(({ demanding }) => demanding),
    work: async (item, verify) => ({ mutant: item.mutant, result: await verifyMutant(item, options, verify) }),
    onResult: record,
  });
  return outcomes;
}

type Result = Pick<MutantOutcome, 'fate' | 'scenario' | 'reason'>;

interface Settled {
  readonly mutant: Mutant;
  readonly result: Result;
}

interface Verifiable {
  readonly mutant: Mutant;
  /** The changed runbook. */
  readonly runbook: Runbook;
  readonly scenarios: readonly LoadedScenario[];
}

/** Settles a mutant that needs no run, or reads what a run of it needs. */
async function readMutant(mutant: Mutant, options: MutantsOptions): Promise<Settled | Verifiable> {
  const reason = whyEquivalent(mutant, options.equivalent);
  if (reason !== undefined) return { mutant, result: { fate: 'equivalent', reason } };
  const scenarios = scenariosForMutant(mutant, options);
  if (scenarios.length === 0) return { mutant, result: { fate: 'untouched' } };
  const { labels } = options.project.config;
  const runbook = await parseRunbook(mutant.text, options.runbook.file, { labels }).catch((error: unknown) => {
    if (error instanceof InputError) return error;
    throw error;
  });
  return runbook instanceof InputError
    ? { mutant, result: { fate: 'killed', reason: `the runbook cannot be used: ${runbook.message}` } }
    : { mutant, runbook, scenarios };
}

/** Verifies a mutant in one scenario after the other, until one fails. */
async function verifyMutant(
  { mutant, runbook, scenarios }: Verifiable,
  { project }: MutantsOptions,
  verify: VerifyOne,
): Promise<Result> {
  let inconclusive: Result | undefined;
  for (const scenario of scenarios) {
    const report = await verify(`${mutant.id.replaceAll(/[^a-z0-9-]+/gi, '-')}-${scenario.id}`, {
      // A recovery that happens to be slow says nothing about the mutant.
      project: { ...project, baseline: undefined },
      runbook,
      // A control arm runs no block of the recovery, and takes as long again.
      scenarios: [{ ...scenario, control: { enabled: false, instead: [] } }],
      stopAtFailure: true,
    });
    const result = judgeMutant(scenario, report);
    if (result.fate === 'killed') return result;
    if (result.fate === 'inconclusive') inconclusive = result;
  }
  return inconclusive ?? { fate: 'survived' };
}

/** What one run says about its mutant. A failed check kills it; an inconclusive one leaves it open. */
export function judgeMutant(
  scenario: Pick<LoadedScenario, 'id'>,
  report: {
    readonly checks: RunReport['checks'];
    readonly scenarios: readonly Pick<RunReport['scenarios'][number], 'checks'>[];
  },
): Result {
  const checks = [...report.checks, ...report.scenarios.flatMap((one) => one.checks)];
  const failed = checks.find(({ verdict }) => verdict === 'fail');
  if (failed) return { fate: 'killed', scenario: scenario.id, reason: `${failed.id}: ${failed.message}` };
  // The control arm is left out on purpose, so that its check is always inconclusive.
  const open = checks.find(({ id, verdict }) => verdict === 'inconclusive' && id !== 'control-arm');
  return open
    ? { fate: 'inconclusive', scenario: scenario.id, reason: `${open.id}: ${open.message}` }
    : { fate: 'survived' };
}

/**
 * The scenarios that can notice a mutant, fastest first: those without a fault are over soonest. A changed thresholds
 * table concerns every scenario alike, so the one that does least is enough.
 */
export function scenariosForMutant(
  { address }: Pick<Mutant, 'address'>,
  { scenarios, runbook, project }: Pick<MutantsOptions, 'scenarios' | 'runbook' | 'project'>,
): readonly LoadedScenario[] {
  if (address === undefined)
    return scenarios.filter(({ fault, maintenance }) => !fault && maintenance.length === 0).slice(0, 1);
  const affected = affectedScenarios(address, scenarios, runbook, project.config.labels);
  return affected.toSorted((one, other) => Number(one.fault !== undefined) - Number(other.fault !== undefined));
}
