import path from 'node:path';
import type { Command } from 'commander';

import { exitCode } from '../kernel/errors.ts';
import { runVersions, versionsFile, versionsRecord, type VersionColumn } from '../series/run-versions.ts';
import { combine, exitCodeOf } from '../kernel/verdict.ts';
import { readVersion } from './read-flags.ts';
import { readRecord } from './read-record.ts';
import { addSeriesOptions, readSeriesInput, runSeries, type SeriesFlags } from './run-series.ts';

interface VersionsFlags extends SeriesFlags {
  readonly bullmq?: readonly string[];
  readonly redis?: readonly string[];
}

export function addVersions(program: Command): void {
  addSeriesOptions(program.command('versions'))
    .description('verify on one version of BullMQ or Redis after the other, and print scenario by version')
    .option('--bullmq <version...>', 'versions of BullMQ for the example fleet, e.g. 5.66.5', collectVersion)
    .option('--redis <version...>', 'versions of Redis, e.g. 8.0.2', collectVersion)
    .addHelpText(
      'after',
      '\nThe versions that are set up come first. Exit codes: 0 all passed, 1 something failed, 2 something was inconclusive, 64, 70 and 130 as with verify.',
    )
    .action(compareVersions);
}

function collectVersion(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, readVersion(text)];
}

async function compareVersions(flags: VersionsFlags): Promise<void> {
  const input = await readSeriesInput(flags);
  const { runbook, resumed, scenarios } = input;
  const known = resumed ? await readRecord(path.join(resumed, versionsFile), versionsRecord, runbook) : undefined;
  const versions = [
    {},
    ...(flags.bullmq ?? []).map((bullmq) => ({ bullmq })),
    ...(flags.redis ?? []).map((redis) => ({ redis })),
  ];
  const { results: columns, interrupted } = await runSeries(
    { name: 'versions', recordFile: versionsFile },
    input,
    flags,
    (options, print) =>
      runVersions({
        ...options,
        versions,
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
    ...(columns.length < versions.length ? (['inconclusive'] as const) : []),
  ]);
  process.exitCode = interrupted ? exitCode.interrupted : exitCodeOf(verdict);
}

/** A row a scenario, a column a version. */
function renderTable(ids: readonly string[], columns: readonly VersionColumn[]): string {
  const rows = [
    ['', ...columns.map(({ version }) => version)],
    ...ids.map((id) => [id, ...columns.map(({ scenarios }) => scenarios[id] ?? '-')]),
  ];
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
