import path from 'node:path';

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
import type { Flags } from './options.ts';
import { newRunId, selectScenarios } from './select-scenarios.ts';
import { useColor } from './use-color.ts';
import { drillbookVersion } from './version.ts';

/** Options of the commands that run many times and keep one record, from which an interrupted run continues. */
export const seriesOptions = ['runbook', 'only', 'resume', 'timeScale', 'seed', 'sandboxes', 'atMost'] as const;

export type SeriesFlags = Flags<(typeof seriesOptions)[number]>;

export interface SeriesInput {
  readonly project: Project;
  readonly runbook: Runbook;
  readonly scenarios: readonly LoadedScenario[];
  /** Folder of the earlier run to continue. */
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
 * Runs a series with live progress, in a new folder below `reports/` or in the folder of the run to continue.
 * @param name start of the folder's name
 * @param recordFile name of the record in that folder
 * @param run does the work; it gets the options that every run needs and a function that prints a line
 */
export async function runSeries<Result>(
  { name, recordFile }: { readonly name: string; readonly recordFile: string },
  { project, runbook, scenarios, resumed }: SeriesInput,
  flags: SeriesFlags,
  run: (options: SeriesOptions, print: (line: string) => void) => Promise<readonly Result[]>,
): Promise<Series<Result>> {
  const runId = newRunId();
  const reportDir = resumed ?? path.join(project.directory, 'reports', `${name}-${runId}`);
  const progress = createLiveProgress(process.stderr, { live: useColor(process.stderr) });
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
