import { existsSync } from 'node:fs';
import path from 'node:path';

import { InputError } from '../kernel/errors.ts';
import { writeAtomically } from '../kernel/write-atomically.ts';
import { loadProject } from '../scenario/load-project.ts';
import { readRecoveryBaseline, type Recoveries, type RecoveryBaseline } from '../config/recovery-baseline.ts';
import { runReportSchema, type RunReport } from '../verdict/run-report.ts';
import { defineCommand } from './define-command.ts';
import type { Flags } from './options.ts';
import { readJson } from './read-record.ts';

export const baseline = defineCommand({
  name: 'baseline',
  summary: 'add the recovery times of these runs to the baseline that verify compares with',
  argument: { name: '<run...>', text: 'folders of runs' },
  needsDocker: false,
  options: ['fresh'],
  exits: { passed: 'the baseline was written' },
  run: recordBaseline,
});

async function recordBaseline({ fresh }: Flags<'fresh'>, folders: readonly string[]): Promise<void> {
  const { directory, config } = await loadProject(process.cwd());
  if (config.recoveryBaseline === undefined) {
    throw new InputError('the configuration names no baseline file', {
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
      runs.reduce(add, fresh ? {} : (known.timeScales[timeScale] ?? {})),
    ]),
  );
  const updated: RecoveryBaseline = { timeScales: { ...known.timeScales, ...measured } };
  await writeAtomically(file, `${JSON.stringify(updated, undefined, 2)}\n`);
  for (const [timeScale, recoveries] of Object.entries(measured)) {
    const count = Object.keys(recoveries).length;
    process.stdout.write(`${path.relative(process.cwd(), file)}: ${count} recoveries at the time scale ${timeScale}\n`);
  }
}

/** Adds the recoveries of one run. A scenario that did not pass sets no standard. */
function add(recoveries: Recoveries, { scenarios }: RunReport): Recoveries {
  const more = scenarios.flatMap(({ id, verdict, recovery }) => {
    if (verdict !== 'pass' || !recovery) return [];
    const { slowestMs, runs } = recoveries[id] ?? { slowestMs: 0, runs: 0 };
    return [[id, { slowestMs: Math.max(slowestMs, recovery.sinceProcedure.sandboxMs), runs: runs + 1 }] as const];
  });
  const all = { ...recoveries, ...Object.fromEntries(more) };
  return Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => a.localeCompare(b)));
}
