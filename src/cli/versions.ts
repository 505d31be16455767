import path from 'node:path';

import { exitCode } from '../kernel/errors.ts';
import { runVersions, versionsFile, versionsRecord, type VersionColumn } from '../series/run-versions.ts';
import { combine, exitCodeOf } from '../kernel/verdict.ts';
import { defineCommand } from './define-command.ts';
import type { Flags } from './options.ts';
import { readRecord } from './read-record.ts';
import { readSeriesInput, runSeries, seriesOptions } from './run-series.ts';

const versionsOptions = [...seriesOptions, 'bullmqVersions', 'redisVersions'] as const;

export const versions = defineCommand({
  name: 'versions',
  summary: 'verify on several versions of BullMQ and Redis, one after the other, and print a table',
  needsDocker: true,
  options: versionsOptions,
  exits: { passed: 'everything passed on every version' },
  details: 'The versions of the set-up run first.',
  run: compareVersions,
});

async function compareVersions(flags: Flags<(typeof versionsOptions)[number]>): Promise<void> {
  const input = await readSeriesInput(flags);
  const { runbook, resumed, scenarios } = input;
  const known = resumed ? await readRecord(path.join(resumed, versionsFile), versionsRecord, runbook) : undefined;
  const wanted = [
    {},
    ...(flags.bullmqVersions ?? []).map((bullmq) => ({ bullmq })),
    ...(flags.redisVersions ?? []).map((redis) => ({ redis })),
  ];
  const { results: columns, interrupted } = await runSeries(
    { name: 'versions', recordFile: versionsFile },
    input,
    flags,
    (options, print) =>
      runVersions({
        ...options,
        versions: wanted,
        columns: known?.columns ?? [],
        onColumn: ({ version, verdict }) => print(`${version}: ${verdict}`),
      }),
  );
  process.stdout.write(
    `\n${renderTable(
      scenarios.map(({ id }) => id),
      columns,
    )}`,
  );
  const verdict = combine([
    ...columns.map((column) => column.verdict),
    ...(columns.length < wanted.length ? (['inconclusive'] as const) : []),
  ]);
  process.exitCode = interrupted ? exitCode.interrupted : exitCodeOf(verdict);
}

/** One row per scenario, one column per version. */
function renderTable(ids: readonly string[], columns: readonly VersionColumn[]): string {
  const rows = [
    ['', ...columns.map(({ version }) => version)],
    ...ids.map((id) => [id, ...columns.map(({ scenarios }) => scenarios[id] ?? '-')]),
  ];
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
