import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

import { writeAtomically } from '../kernel/write-atomically.ts';
import { withVersions, type Versions } from '../sandbox/setup-manifest.ts';
import { verdicts } from '../kernel/verdict.ts';
import type { SeriesOptions } from './share-sandboxes.ts';
import { runVerify } from '../run/run-verify.ts';

const column = z.strictObject({
  /** `bullmq 5.66.5` */
  version: z.string(),
  /** Of the run as a whole: what is left behind is no scenario's. */
  verdict: z.enum(verdicts),
  /** By scenario. */
  scenarios: z.record(z.string(), z.enum(verdicts)),
});
/** What came out on one version. */
export type VersionColumn = z.infer<typeof column>;

/** What a run over versions wrote down: enough to go on where it ended. */
export const versionsRecord = z.strictObject({
  runbook: z.string(),
  sha256: z.string(),
  columns: z.array(column),
});

/** The record of a run over versions, in its folder. */
export const versionsFile = 'versions.json';

export interface VersionsOptions extends SeriesOptions {
  readonly versions: readonly Versions[];
  /** What is known already; it is not run again, unless it was inconclusive. */
  readonly columns: readonly VersionColumn[];
  readonly onColumn: (column: VersionColumn) => void;
}

/**
 * Runs the scenarios on one version after the other. After each the record is written.
 * @throws DrillbookError before anything is run, when the set-up has not made one of the versions
 */
export async function runVersions(options: VersionsOptions): Promise<readonly VersionColumn[]> {
  const { runbook, reportDir, signal } = options;
  const columns = options.columns.filter(({ verdict }) => verdict !== 'inconclusive');
  const planned = options.versions.map((versions) => ({
    version: describeVersions(versions),
    manifest: withVersions(options.manifest, versions),
  }));
  for (const { version, manifest } of planned) {
    if (columns.some((known) => known.version === version)) continue;
    if (!options.isTimeLeft()) break;
    const name = version.replaceAll(/[^a-z0-9.]+/gi, '-');
    const directory = path.join(reportDir, name);
    // What an interrupted try has left there gives way.
    await rm(directory, { recursive: true, force: true });
    const { report } = await runVerify({
      ...options,
      keep: false,
      repeat: false,
      runId: `${options.runId}-${name}`,
      reportDir: directory,
      manifest,
      // Recovery times were measured on one version, and say nothing of others.
      project: { ...options.project, baseline: undefined },
    });
    if (signal.aborted) break;
    const done = {
      version,
      verdict: report.verdict,
      scenarios: Object.fromEntries(report.scenarios.map(({ id, verdict }) => [id, verdict])),
    };
    columns.push(done);
    const record = { runbook: runbook.file, sha256: runbook.sha256, columns };
    await writeAtomically(path.join(reportDir, versionsFile), `${JSON.stringify(record, undefined, 2)}\n`);
    options.onColumn(done);
  }
  return columns;
}

/** `bullmq 5.66.5`, `redis 8.0.2`; `as set up` where nothing is chosen. */
function describeVersions({ bullmq, redis }: Versions): string {
  const chosen = [bullmq && `bullmq ${bullmq}`, redis && `redis ${redis}`].filter((text) => text !== undefined);
  return chosen.length === 0 ? 'as set up' : chosen.join(', ');
}
