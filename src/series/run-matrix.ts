/**
 * `drillbook matrix`: runs every recovery against every fault that it was not written for.
 *
 * Each pair is a run of its own, in shared sandboxes: the fault's scenario with the recovery of the other one. A cell
 * says whether that recovery cures, harms or does nothing. The record is written after each cell; an interrupted series
 * loses only the cells that were running.
 */
import path from 'node:path';
import { z } from 'zod';

import { jobLimits, limitNames } from '../history/job-limits.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { count } from '../kernel/words.ts';
import { entryOf } from '../verdict/checks/checks.ts';
import type { ScenarioReport } from '../verdict/run-report.ts';
import { bindForRun } from '../run/run-verify.ts';
import { shareSandboxes, type SeriesOptions } from './share-sandboxes.ts';
import { writeRecord } from './write-record.ts';

/**
 * What a recovery does to a fault:
 * - `cures`: the fleet recovered.
 * - `harms`: jobs were lost, removed, added or changed (job-limits.ts), the rest of the fleet was not left alone, or a
 *   block reached beyond the sandbox. A recovery that cures and harms is a harm.
 * - `no-effect`: the fleet did not recover, and nothing was harmed.
 * - `inconclusive`: the run does not show which.
 */
export const cellFates = ['cures', 'no-effect', 'harms', 'inconclusive'] as const;

const cell = z.strictObject({
  /** The scenario whose fault was injected. */
  fault: z.string(),
  /** The scenario whose recovery procedures were run. */
  procedure: z.string(),
  fate: z.enum(cellFates),
  reason: z.string(),
});
export type Cell = z.infer<typeof cell>;

/** The record of a matrix. It holds enough to resume an interrupted series. */
export const matrixRecord = z.strictObject({ runbook: z.string(), sha256: z.string(), cells: z.array(cell) });

/** File name of the record, in the series' folder. */
export const matrixFile = 'matrix.json';

export interface MatrixOptions extends SeriesOptions {
  /** Cells of an earlier series. These pairs do not run again, except inconclusive ones. */
  readonly cells: readonly Cell[];
  readonly onCell: (cell: Cell) => void;
}

/** The scenarios that have both a fault and a recovery for it. */
export function curable(scenarios: readonly LoadedScenario[]): readonly LoadedScenario[] {
  return scenarios.filter(({ fault, recovery }) => fault && recovery.length > 0);
}

/** @returns the cells of this and of the earlier series */
export async function runMatrix(options: MatrixOptions): Promise<readonly Cell[]> {
  const { scenarios, runbook, reportDir } = options;
  const cells = options.cells.filter(({ fate }) => fate !== 'inconclusive');
  const isKnown = (fault: LoadedScenario, procedure: LoadedScenario): boolean =>
    cells.some((known) => known.fault === fault.id && known.procedure === procedure.id);
  const all = curable(scenarios);
  // A scenario that does not fit the fleet is refused before anything is started.
  for (const scenario of all) bindForRun(scenario, { ...options, repeat: false });
  const pairs = all
    .flatMap((fault) => all.map((procedure) => ({ fault, procedure })))
    .filter(({ fault, procedure }) => fault !== procedure && !isKnown(fault, procedure));
  await shareSandboxes(options, {
    items: pairs,
    isDemanding: ({ fault }) => fault.demanding,
    work: async ({ fault, procedure }, verify): Promise<Cell> => {
      const report = await verify(`${fault.id}-${procedure.id}`, { scenarios: [crossScenarios(fault, procedure)] });
      const [scenario] = report.scenarios;
      const result = scenario
        ? judgeCell(scenario)
        : { fate: 'inconclusive' as const, reason: 'the scenario did not run' };
      return { fault: fault.id, procedure: procedure.id, ...result };
    },
    onResult: async (done) => {
      cells.push(done);
      await writeRecord(path.join(reportDir, matrixFile), runbook, { cells });
      options.onCell(done);
    },
  });
  return cells;
}

/** The scenario of the fault, with the recovery of another scenario and without a diagnosis or a control arm. */
export function crossScenarios(fault: LoadedScenario, procedure: LoadedScenario): LoadedScenario {
  const services = [...new Set([...fault.health.services, ...procedure.health.services])];
  return {
    ...fault,
    diagnosis: [],
    recovery: procedure.recovery,
    // A service that the recovery was written to interrupt is no harm here, only useless.
    health: { ...fault.health, services },
    control: { enabled: false, instead: [] },
  };
}

/** What the checks of one run say about its cell. Harm is looked for before the cure. */
export function judgeCell({
  checks,
  ledger,
}: Pick<ScenarioReport, 'checks' | 'ledger'>): Pick<Cell, 'fate' | 'reason'> {
  const of = (id: string) => checks.find((check) => check.id === id);
  const premise = checks.find(({ id, verdict }) => verdict !== 'pass' && entryOf(id)?.premise);
  if (premise) return { fate: 'inconclusive', reason: `${premise.id}: ${premise.message}` };
  for (const bound of ['walls', 'blast-radius']) {
    const check = of(bound);
    if (check?.verdict === 'fail') return { fate: 'harms', reason: check.message };
  }
  if (ledger) {
    const harmed = limitNames.filter((name) => {
      const { harms, needsWhole } = jobLimits[name];
      return harms && (ledger.whole || !needsWhole) && ledger[name] > 0;
    });
    if (harmed.length > 0)
      return {
        fate: 'harms',
        reason: harmed.map((name) => `${count(ledger[name], 'job')} ${jobLimits[name].what}`).join(', '),
      };
  }
  const recovered = of('recovered');
  if (recovered?.verdict === 'pass') return { fate: 'cures', reason: recovered.message };
  if (recovered?.verdict === 'fail') return { fate: 'no-effect', reason: recovered.message };
  return { fate: 'inconclusive', reason: recovered?.message ?? 'recovery was not judged' };
}
