import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';

import { InputError } from '../kernel/errors.ts';
import { writeAtomically } from '../kernel/write-atomically.ts';
import { loadProject } from '../scenario/load-project.ts';
import { readRecoveryBaseline, type Recoveries, type RecoveryBaseline } from '../config/recovery-baseline.ts';
import { runReportSchema, type RunReport } from '../verdict/run-report.ts';
import { readJson } from './read-record.ts';

export function addBaseline(program: Command): void {
  program
    .command('baseline')
    .description('take the recovery times of these runs into the baseline that verify compares with')
    .argument('<run...>', 'folders of runs')
    .option('--fresh', 'forget what was measured before at the time scales of these runs')
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
  const known = existsSync(file) ? await readRecoveryBaseline(file) : { timeScales: {} };
  const reports = await Promise.all(
    folders.map((folder) =>
      readJson(path.join(folder, 'report.json'), runReportSchema, 'name a folder below reports/'),
    ),
  );
  const measured = Object.fromEntries(
    [...Map.groupBy(reports, ({ timeScale }) => timeScale)].map(([timeScale, runs]) => [
      timeScale,
      runs.reduce(add, flags.fresh ? {} : (known.timeScales[timeScale] ?? {})),
    ]),
  );
  const baseline: RecoveryBaseline = { timeScales: { ...known.timeScales, ...measured } };
  await writeAtomically(file, `${JSON.stringify(baseline, undefined, 2)}\n`);
  for (const [timeScale, recoveries] of Object.entries(measured)) {
    const count = Object.keys(recoveries).length;
    process.stdout.write(`${path.relative(process.cwd(), file)}: ${count} recoveries at the time scale ${timeScale}\n`);
  }
}

/** Only what passed is something to be content with. */
function add(recoveries: Recoveries, { scenarios }: RunReport): Recoveries {
  const more = scenarios.flatMap(({ id, verdict, recovery }) => {
    if (verdict !== 'pass' || !recovery) return [];
    const { slowestMs, runs } = recoveries[id] ?? { slowestMs: 0, runs: 0 };
    return [[id, { slowestMs: Math.max(slowestMs, recovery.sinceProcedure.sandboxMs), runs: runs + 1 }] as const];
  });
  const all = { ...recoveries, ...Object.fromEntries(more) };
  return Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => a.localeCompare(b)));
}
