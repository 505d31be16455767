import { mkdir } from 'node:fs/promises';
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
import type { RunReport } from '../verdict/run-report.ts';
import { shareSandboxes, type SeriesOptions, type VerifyOne } from './share-sandboxes.ts';

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
 * Verifies each mutant of the runbook in the scenarios that run what was changed, until one of them fails. After each
 * the record is written, so that an interrupted run loses the mutants that it was at and no others.
 */
export async function runMutants(options: MutantsOptions): Promise<readonly MutantOutcome[]> {
  const { runbook, reportDir, mutants } = options;
  const outcomes = options.outcomes.filter(({ fate }) => fate !== 'inconclusive');
  const tell = async ({ mutant: { id, line, before, after }, told }: Judged): Promise<void> => {
    const outcome = { id, line, before, after, ...told };
    outcomes.push(outcome);
    const record = { runbook: runbook.file, sha256: runbook.sha256, outcomes };
    await writeAtomically(path.join(reportDir, mutationFile), `${JSON.stringify(record, undefined, 2)}\n`);
    options.onOutcome(outcome);
  };
  // Some need no run, and are told before there is any.
  await mkdir(reportDir, { recursive: true });
  const toVerify: Verifiable[] = [];
  for (const mutant of mutants) {
    if (options.signal.aborted || outcomes.some(({ id }) => id === mutant.id)) continue;
    const read = await readMutant(mutant, options);
    if ('told' in read) await tell(read);
    else toVerify.push(read);
  }
  await shareSandboxes(options, {
    items: toVerify,
    isDemanding: ({ touching }) => touching.some(({ demanding }) => demanding),
    work: async (item, verify) => ({ mutant: item.mutant, told: await verifyMutant(item, options, verify) }),
    onResult: tell,
  });
  return outcomes;
}

type Told = Pick<MutantOutcome, 'fate' | 'scenario' | 'reason'>;

interface Judged {
  readonly mutant: Mutant;
  readonly told: Told;
}

interface Verifiable {
  readonly mutant: Mutant;
  readonly runbook: Runbook;
  readonly touching: readonly LoadedScenario[];
}

/** What there is to verify of a mutant, or what can be told of it without a run. */
async function readMutant(mutant: Mutant, options: MutantsOptions): Promise<Judged | Verifiable> {
  const reason = whyEquivalent(mutant, options.equivalent);
  if (reason !== undefined) return { mutant, told: { fate: 'equivalent', reason } };
  const touching = scenariosThatRun(mutant, options);
  if (touching.length === 0) return { mutant, told: { fate: 'untouched' } };
  const { labels } = options.project.config;
  const runbook = await parseRunbook(mutant.text, options.runbook.file, { labels }).catch((error: unknown) => {
    if (error instanceof InputError) return error;
    throw error;
  });
  return runbook instanceof InputError
    ? { mutant, told: { fate: 'killed', reason: `the runbook is refused: ${runbook.message}` } }
    : { mutant, runbook, touching };
}

async function verifyMutant(
  { mutant, runbook, touching }: Verifiable,
  { project }: MutantsOptions,
  verify: VerifyOne,
): Promise<Told> {
  let open: Told | undefined;
  for (const scenario of touching) {
    const report = await verify(`${mutant.id.replaceAll(/[^a-z0-9-]+/gi, '-')}-${scenario.id}`, {
      // A recovery that is slow for once would tell nothing about the mutant.
      project: { ...project, baseline: undefined },
      runbook,
      // The control arm runs nothing of a recovery, and takes as long again.
      scenarios: [{ ...scenario, control: { enabled: false, instead: [] } }],
      stopAtFailure: true,
    });
    const told = tellFate(scenario, report);
    if (told.fate === 'killed') return told;
    if (told.fate === 'inconclusive') open = told;
  }
  return open ?? { fate: 'survived' };
}

function tellFate(scenario: LoadedScenario, report: RunReport): Told {
  const checks = [...report.checks, ...report.scenarios.flatMap((one) => one.checks)];
  const failed = checks.find(({ verdict }) => verdict === 'fail');
  if (failed) return { fate: 'killed', scenario: scenario.id, reason: `${failed.id}: ${failed.message}` };
  const open = checks.find(({ id, verdict }) => verdict === 'inconclusive' && id !== 'control-arm');
  return open
    ? { fate: 'inconclusive', scenario: scenario.id, reason: `${open.id}: ${open.message}` }
    : { fate: 'survived' };
}

/**
 * The scenarios that run what was changed; first those without a fault, which are over soonest. A table of thresholds
 * is everybody's: the scenario that runs least will do.
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
