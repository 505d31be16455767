import path from 'node:path';

import { summariseFault } from '../faults/faults.ts';
import { InputError } from '../kernel/errors.ts';
import { writeAtomically } from '../kernel/write-atomically.ts';
import type { Mutant } from '../mutation/mutant.ts';
import { whyEquivalent, type EquivalentMutants, type MutantOutcome } from '../mutation/mutation-score.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { bindScenario } from '../scenario/bind-scenario.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { runInSeries, type SeriesOptions } from './run-in-series.ts';

export interface MutantsOptions extends SeriesOptions {
  readonly mutants: readonly Mutant[];
  readonly equivalent: EquivalentMutants;
  /** What is known of them already; those are not run again, unless it was inconclusive. */
  readonly outcomes: readonly MutantOutcome[];
  readonly onOutcome: (outcome: MutantOutcome) => void;
}

/** The record of a run of mutants, in its folder. */
export const mutationFile = 'mutation.json';

/**
 * Verifies each mutant of the runbook in the scenarios that run what was changed, until one of them fails. After each the
 * record is written, so that an interrupted run loses the mutant that it was at and no other.
 */
export async function runMutants(options: MutantsOptions): Promise<readonly MutantOutcome[]> {
  const { runbook, reportDir, mutants, signal } = options;
  const outcomes = options.outcomes.filter(({ fate }) => fate !== 'inconclusive');
  for (const mutant of mutants) {
    if (signal.aborted) break;
    if (outcomes.some(({ id }) => id === mutant.id)) continue;
    const told = await judgeMutant(mutant, options);
    if (signal.aborted) break;
    const { id, line, before, after } = mutant;
    const outcome = { id, line, before, after, ...told };
    outcomes.push(outcome);
    const record = { runbook: runbook.file, sha256: runbook.sha256, outcomes };
    await writeAtomically(path.join(reportDir, mutationFile), `${JSON.stringify(record, undefined, 2)}\n`);
    options.onOutcome(outcome);
  }
  return outcomes;
}

type Told = Pick<MutantOutcome, 'fate' | 'scenario' | 'reason'>;

async function judgeMutant(mutant: Mutant, options: MutantsOptions): Promise<Told> {
  const reason = whyEquivalent(mutant, options.equivalent);
  if (reason !== undefined) return { fate: 'equivalent', reason };
  const touching = scenariosThatRun(mutant, options);
  if (touching.length === 0) return { fate: 'untouched' };
  const changed = await parseRunbook(mutant.text, options.runbook.file, {
    labels: options.project.config.labels,
  }).catch((error: unknown) => {
    if (error instanceof InputError) return error;
    throw error;
  });
  if (changed instanceof InputError) return { fate: 'killed', reason: `the runbook is refused: ${changed.message}` };
  let open: Told | undefined;
  for (const scenario of touching) {
    const told = await verifyOne(scenario, changed, mutant, options);
    if (told.fate === 'killed' || options.signal.aborted) return told;
    if (told.fate === 'inconclusive') open = told;
  }
  return open ?? { fate: 'survived' };
}

async function verifyOne(
  scenario: LoadedScenario,
  runbook: Runbook,
  mutant: Mutant,
  options: MutantsOptions,
): Promise<Told> {
  const name = `${mutant.id.replaceAll(/[^a-z0-9-]+/gi, '-')}-${scenario.id}`;
  const { report } = await runInSeries(name, {
    ...options,
    // A recovery that is slow for once would tell nothing about the mutant.
    project: { ...options.project, baseline: undefined },
    runbook,
    // The control arm does without the block that was changed: it can tell nothing about it.
    scenarios: [{ ...scenario, control: { enabled: false, instead: [] } }],
  });
  const checks = [...report.checks, ...report.scenarios.flatMap((one) => one.checks)];
  const failed = checks.find(({ verdict }) => verdict === 'fail');
  if (failed) return { fate: 'killed', scenario: scenario.id, reason: `${failed.id}: ${failed.message}` };
  const open = checks.find(({ id, verdict }) => verdict === 'inconclusive' && id !== 'control-arm');
  return open
    ? { fate: 'inconclusive', scenario: scenario.id, reason: `${open.id}: ${open.message}` }
    : { fate: 'survived' };
}

/**
 * The scenarios that run what was changed; first those without a fault, which are over soonest. A table of thresholds is
 * everybody's: the scenario that runs least will do.
 */
export function scenariosThatRun(
  { address }: Pick<Mutant, 'address'>,
  options: Pick<MutantsOptions, 'scenarios' | 'runbook' | 'project'>,
): readonly LoadedScenario[] {
  const { scenarios, runbook, project } = options;
  if (address === undefined)
    return scenarios.filter(({ fault, maintenance }) => !fault && maintenance.length === 0).slice(0, 1);
  const touching = scenarios.filter((scenario) => {
    const { plan } = bindScenario(scenario, runbook, project.config, summariseFault);
    return [...plan.diagnosis, ...plan.recovery, ...(plan.maintenance ?? [])].some((step) => step.address === address);
  });
  return touching.toSorted((one, other) => Number(one.fault !== undefined) - Number(other.fault !== undefined));
}
