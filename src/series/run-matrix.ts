import path from 'node:path';
import { z } from 'zod';

import { jobLimits, limitNames } from '../history/job-limits.ts';
import { writeAtomically } from '../kernel/write-atomically.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { count } from '../kernel/words.ts';
import { entryOf } from '../verdict/checks/checks.ts';
import type { ScenarioReport } from '../verdict/run-report.ts';
import { bindForRun } from '../run/run-verify.ts';
import { shareSandboxes, type SeriesOptions } from './share-sandboxes.ts';

/**
 * `cures`: the fleet came back. `harms`: jobs are lost, removed, added, taken to another queue, done before they are
 * due or otherwise than they were added, the rest of the fleet is not left as it was, or it reached beyond the sandbox.
 * `no-effect`: neither. `inconclusive`: not shown.
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

/** What a run of the matrix wrote down: enough to go on where it ended. */
export const matrixRecord = z.strictObject({ runbook: z.string(), sha256: z.string(), cells: z.array(cell) });

/** The record of the matrix, in its folder. */
export const matrixFile = 'matrix.json';

export interface MatrixOptions extends SeriesOptions {
  /** What is known already; it is not run again, unless it was inconclusive. */
  readonly cells: readonly Cell[];
  readonly onCell: (cell: Cell) => void;
}

/** Scenarios whose fault a procedure is to cure. */
export function curable(scenarios: readonly LoadedScenario[]): readonly LoadedScenario[] {
  return scenarios.filter(({ fault, recovery }) => fault && recovery.length > 0);
}

/**
 * Runs every recovery against every fault that it was not written for. After each cell the record is written, so that
 * an interrupted run loses the cells that it was at and no others.
 */
export async function runMatrix(options: MatrixOptions): Promise<readonly Cell[]> {
  const { scenarios, runbook, reportDir } = options;
  const cells = options.cells.filter(({ fate }) => fate !== 'inconclusive');
  const isKnown = (fault: LoadedScenario, procedure: LoadedScenario): boolean =>
    cells.some((known) => known.fault === fault.id && known.procedure === procedure.id);
  const all = curable(scenarios);
  // What cannot be used is refused before anything is started.
  for (const scenario of all) bindForRun(scenario, { ...options, repeat: false });
  const pairs = all
    .flatMap((fault) => all.map((procedure) => ({ fault, procedure })))
    .filter(({ fault, procedure }) => fault !== procedure && !isKnown(fault, procedure));
  await shareSandboxes(options, {
    items: pairs,
    isDemanding: ({ fault }) => fault.demanding,
    work: async ({ fault, procedure }, verify): Promise<Cell> => {
      const scenario: LoadedScenario = {
        ...fault,
        diagnosis: [],
        recovery: procedure.recovery,
        // What it is written to interrupt is no harm, only useless here.
        health: {
          ...fault.health,
          services: [...new Set([...fault.health.services, ...procedure.health.services])],
        },
        control: { enabled: false, instead: [] },
      };
      const { scenarios: told } = await verify(`${fault.id}-${procedure.id}`, { scenarios: [scenario] });
      const [one] = told;
      return {
        fault: fault.id,
        procedure: procedure.id,
        ...(one ? judgeCell(one) : { fate: 'inconclusive' as const, reason: 'the scenario was not run' }),
      };
    },
    onResult: async (done) => {
      cells.push(done);
      const record = { runbook: runbook.file, sha256: runbook.sha256, cells };
      await writeAtomically(path.join(reportDir, matrixFile), `${JSON.stringify(record, undefined, 2)}\n`);
      options.onCell(done);
    },
  });
  return cells;
}

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
