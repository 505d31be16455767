import path from 'node:path';
import type { Command } from 'commander';

import { monotonicMs } from '../kernel/clock.ts';
import { plainText } from '../kernel/plain-text.ts';
import { createLiveProgress } from '../live/live-progress.ts';
import { loadProject, type Project } from '../scenario/load-project.ts';
import type { SeriesOptions } from '../series/share-sandboxes.ts';
import { readRunbook } from '../runbook/read-runbook.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { readSetupManifest } from '../sandbox/setup-manifest.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { interruptible } from './interruptible.ts';
import { readCount, readDuration, readSeed, readTimeScale } from './read-flags.ts';
import { newRunId, selectScenarios } from './select-scenarios.ts';
import { drillbookVersion } from './version.ts';

/** Flags of the commands that run many times over and write one record, from which an interrupted one goes on. */
export interface SeriesFlags {
  readonly runbook?: string;
  readonly only?: readonly string[];
  readonly resume?: string;
  readonly timeScale?: number;
  readonly seed: number;
  readonly sandboxes?: number;
  /** Real ms. */
  readonly atMost?: number;
}

export function addSeriesOptions(command: Command): Command {
  return command
    .option('--runbook <file>', 'runbook (default: the one of the configuration)')
    .option('--only <id...>', 'these scenarios only')
    .option('--resume <run>', 'go on where this run ended')
    .option('--time-scale <n>', 'sandbox seconds per real second, 1 to 60', readTimeScale)
    .option('--seed <n>', 'seed of the load', readSeed, 1)
    .option('--sandboxes <n>', 'run in so many sandboxes at once (default: that of the configuration)', readCount)
    .option(
      '--at-most <duration>',
      'begin nothing more after so long, e.g. 5h; --resume goes on from there',
      readDuration,
    );
}

export interface SeriesInput {
  readonly project: Project;
  readonly runbook: Runbook;
  readonly scenarios: readonly LoadedScenario[];
  /** Folder of the run that is gone on with. */
  readonly resumed: string | undefined;
}

export async function readSeriesInput(flags: SeriesFlags): Promise<SeriesInput> {
  const project = await loadProject(process.cwd());
  const file = flags.runbook ?? path.resolve(project.directory, project.config.runbook);
  return {
    project,
    runbook: await readRunbook(file, { labels: project.config.labels }),
    scenarios: selectScenarios(project, flags.only),
    resumed: flags.resume === undefined ? undefined : path.resolve(flags.resume),
  };
}

export interface Series<Result> {
  readonly results: readonly Result[];
  readonly interrupted: boolean;
}

/**
 * Runs a series with live progress and in a folder of its own, or in that of the run that is gone on with.
 * @param name what the folder is called after
 * @param recordFile the record, in that folder
 * @param run is given what every run needs, and what prints a line about one that is done
 */
export async function runSeries<Result>(
  { name, recordFile }: { readonly name: string; readonly recordFile: string },
  { project, runbook, scenarios, resumed }: SeriesInput,
  flags: SeriesFlags,
  run: (options: SeriesOptions, print: (line: string) => void) => Promise<readonly Result[]>,
): Promise<Series<Result>> {
  const runId = newRunId();
  const reportDir = resumed ?? path.join(project.directory, 'reports', `${name}-${runId}`);
  const progress = createLiveProgress(process.stderr, { live: process.stderr.isTTY && !process.env['CI'] });
  const { signal, hurry } = interruptible();
  const endMs = monotonicMs() + (flags.atMost ?? Infinity);
  const options: SeriesOptions = {
    project,
    runbook,
    scenarios,
    manifest: await readSetupManifest(project.directory),
    timeScale: flags.timeScale ?? project.config.timeScale,
    seed: flags.seed,
    sandboxes: flags.sandboxes ?? project.config.sandboxes,
    version: await drillbookVersion(),
    runId,
    reportDir,
    onEvent: (event) => progress.apply(event),
    isTimeLeft: () => monotonicMs() < endMs,
    signal,
    hurry,
  };
  const print = (line: string): void => {
    progress.end();
    process.stdout.write(`${line}\n`);
  };
  const results = await run(options, print).finally(() => progress.end());
  process.stderr.write(plainText(`record: ${path.relative(project.directory, path.join(reportDir, recordFile))}\n`));
  return { results, interrupted: signal.aborted };
}
