/**
 * `drillbook versions`: runs the same scenarios on one version of BullMQ or Redis after the other.
 *
 * Each version is a whole run with sandboxes, history and reports of its own, because its images differ. The record is
 * written after each; an interrupted series loses only the version that was running.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

import { withVersions, type Versions } from '../sandbox/setup-manifest.ts';
import { verdicts } from '../kernel/verdict.ts';
import { runVerify } from '../run/run-verify.ts';
import type { SeriesOptions } from './share-sandboxes.ts';
import { writeRecord } from './write-record.ts';

const column = z.strictObject({
  /** `bullmq 5.66.5` */
  version: z.string(),
  /** Of the run as a whole: leftovers, say, concern no single scenario. */
  verdict: z.enum(verdicts),
  /** By the id of the scenario. */
  scenarios: z.record(z.string(), z.enum(verdicts)),
});
/** The verdicts on one version. */
export type VersionColumn = z.infer<typeof column>;

/** The record of a series over versions. It holds enough to resume an interrupted series. */
export const versionsRecord = z.strictObject({
  runbook: z.string(),
  sha256: z.string(),
  columns: z.array(column),
});

/** File name of the record, in the series' folder. */
export const versionsFile = 'versions.json';

export interface VersionsOptions extends SeriesOptions {
  readonly versions: readonly Versions[];
  /** Columns of an earlier series. These versions do not run again, except inconclusive ones. */
  readonly columns: readonly VersionColumn[];
  readonly onColumn: (column: VersionColumn) => void;
}

/**
 * @returns the columns of this and of the earlier series
 * @throws DrillbookError if the set-up has no images for one of the versions; nothing has run then
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
    // An interrupted series may have left a folder of this name.
    await rm(directory, { recursive: true, force: true });
    const { report } = await runVerify({
      ...options,
      keep: false,
      repeat: false,
      runId: `${options.runId}-${name}`,
      reportDir: directory,
      manifest,
      // Recovery times were measured on one version and say nothing about the others.
      project: { ...options.project, baseline: undefined },
    });
    if (signal.aborted) break;
    const done = {
      version,
      verdict: report.verdict,
      scenarios: Object.fromEntries(report.scenarios.map(({ id, verdict }) => [id, verdict])),
    };
    columns.push(done);
    await writeRecord(path.join(reportDir, versionsFile), runbook, { columns });
    options.onColumn(done);
  }
  return columns;
}

/** `bullmq 5.66.5`, `redis 8.0.2`, or `as set up` if no version is chosen. */
export function describeVersions({ bullmq, redis }: Versions): string {
  const chosen = [bullmq && `bullmq ${bullmq}`, redis && `redis ${redis}`].filter((text) => text !== undefined);
  return chosen.length === 0 ? 'as set up' : chosen.join(', ');
}
