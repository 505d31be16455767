import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';

import { InputError } from '../kernel/errors.ts';
import { writeAtomically } from '../kernel/write-atomically.ts';
import { loadProject } from '../run/project.ts';
import { readRecoveryBaseline, type RecoveryBaseline } from '../scenario/recovery-baseline.ts';
import { runReportSchema, type RunReport } from '../verdict/run-report.ts';
import { readJson } from './read-record.ts';

export function addBaseline(program: Command): void {
  program
    .command('baseline')
    .description('take the recovery times of these runs into the baseline that verify compares with')
    .argument('<run...>', 'folders of runs')
    .option('--fresh', 'forget what was measured before')
    .action(takeBaseline);
}

async function takeBaseline(folders: readonly string[], flags: { readonly fresh?: true }): Promise<void> {
  const { directory, config } = await loadProject(process.cwd());
  if (config.recoveryBaseline === undefined) {
    throw new InputError('the configuration names no file for the baseline', {
      code: 'BASELINE_NOT_CONFIGURED',
      next: "add recoveryBaseline: 'recovery-baseline.json' to drillbook.config.ts",
    });
  }
  const file = path.resolve(directory, config.recoveryBaseline);
  const known = !flags.fresh && existsSync(file) ? await readRecoveryBaseline(file) : undefined;
  const reports = await Promise.all(
    folders.map((folder) =>
      readJson(path.join(folder, 'report.json'), runReportSchema, 'name a folder below reports/'),
    ),
  );
  const baseline = reports.reduce<RecoveryBaseline | undefined>(add, known);
  if (!baseline) return;
  const recoveries = Object.fromEntries(Object.entries(baseline.recoveries).toSorted(([a], [b]) => a.localeCompare(b)));
  await writeAtomically(file, `${JSON.stringify({ ...baseline, recoveries }, undefined, 2)}\n`);
  process.stdout.write(`${path.relative(process.cwd(), file)}: ${Object.keys(recoveries).length} recoveries\n`);
}

/** Only what passed is something to be content with. */
function add(baseline: RecoveryBaseline | undefined, report: RunReport): RecoveryBaseline {
  const { timeScale, recoveries } = baseline ?? { timeScale: report.timeScale, recoveries: {} };
  if (timeScale !== report.timeScale) {
    throw new InputError(`run ${report.run} has the time scale ${report.timeScale}, the baseline ${timeScale}`, {
      code: 'BASELINE_TIME_SCALE',
      next: 'take runs of one time scale, or begin anew with --fresh',
    });
  }
  const more = report.scenarios.flatMap(({ id, verdict, recovery }) => {
    if (verdict !== 'pass' || !recovery) return [];
    const { slowestMs, runs } = recoveries[id] ?? { slowestMs: 0, runs: 0 };
    return [[id, { slowestMs: Math.max(slowestMs, recovery.sinceProcedure.sandboxMs), runs: runs + 1 }] as const];
  });
  return { timeScale, recoveries: { ...recoveries, ...Object.fromEntries(more) } };
}
