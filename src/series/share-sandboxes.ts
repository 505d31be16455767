import { rm } from 'node:fs/promises';
import path from 'node:path';

import type { EnvironmentSeen } from '../history/events.ts';
import { readHistory } from '../history/reader.ts';
import { createHistoryWriter } from '../history/writer.ts';
import { DrillbookError } from '../kernel/errors.ts';
import { runAll } from '../kernel/run-all.ts';
import { writeReportFiles } from '../report/write-reports.ts';
import { dropLease } from '../sandbox/lease.ts';
import { judge } from '../verdict/judge.ts';
import type { RunReport } from '../verdict/run-report.ts';
import { runStarted } from '../run/describe-run.ts';
import { historyName } from '../history/file-names.ts';
import type { SandboxRunner } from '../run/sandbox-runner.ts';
import { runSession, throwIfBroken } from '../run/run-session.ts';
import { bindForRun } from '../run/run-verify.ts';
import type { VerifyOptions } from '../run/verify-options.ts';
import { openMetrics } from '../run/open-metrics.ts';
import { createWorkQueue } from '../run/work-queue.ts';

/** What all runs of a series share. */
export interface SeriesOptions extends Omit<VerifyOptions, 'keep' | 'repeat'> {
  /** Whether another item may still start. */
  readonly isTimeLeft: () => boolean;
}

/**
 * One short run within a series. Its history and reports go to the folder `name` below that of the series; what an
 * interrupted series left there is removed first.
 */
export type VerifyOne = (
  name: string,
  changed: Partial<Pick<VerifyOptions, 'runbook' | 'scenarios' | 'project' | 'stopAtFailure'>>,
) => Promise<RunReport>;

export interface SharedWork<Item, Result> {
  readonly items: readonly Item[];
  /** Whether an item needs so much of the machine that only one of its kind may run at a time. */
  readonly isDemanding: (item: Item) => boolean;
  readonly work: (item: Item, verify: VerifyOne) => Promise<Result>;
  /**
   * Called with each result as it comes, never in parallel. An interrupted series loses only the items it was running.
   */
  readonly onResult: (result: Result) => Promise<void>;
}

/**
 * Does the work on every item, in sandboxes that stay up throughout. Each item is one or more short runs, each with a
 * history and reports of its own. Between two runs a sandbox is reset, and the next steady state proves the reset.
 * @throws DrillbookError when the series broke, or `LEFTOVERS`; an interrupt ends it without an error
 */
export async function shareSandboxes<Item, Result>(
  options: SeriesOptions,
  { items, isDemanding, work, onResult }: SharedWork<Item, Result>,
): Promise<void> {
  if (items.length === 0 || options.signal.aborted || !options.isTimeLeft()) return;
  const sandboxes = Math.max(1, Math.min(options.sandboxes, items.length));
  const reportDir = path.join(options.reportDir, `sandboxes-${options.runId}`);
  const shared: VerifyOptions = { ...options, keep: false, repeat: false, sandboxes };
  let reported = Promise.resolve();
  const queue = createWorkQueue(items, isDemanding);
  const ended = await runSession({ ...shared, reportDir }, async ({ environment, runners, signal }) => {
    await runAll(runners, signal, async (runner, within) => {
      const verify: VerifyOne = (name, changed) =>
        verifyIn(runner, environment, {
          ...shared,
          ...changed,
          signal: within,
          runId: `${options.runId}-${name}`,
          reportDir: path.join(options.reportDir, name),
        });
      while (options.isTimeLeft()) {
        const item = queue.take();
        if (item === undefined) return;
        const result = await work(item, verify);
        queue.done(item);
        reported = reported.then(() => onResult(result));
        await reported;
      }
    });
  });
  await dropLease(reportDir);
  throwIfBroken(ended);
  if (ended.leftovers.length > 0)
    throw new DrillbookError(`not removed: ${ended.leftovers.join('; ')}`, {
      code: 'LEFTOVERS',
      next: 'the results so far are recorded; "drillbook sandbox clean" removes the rest',
    });
}

/** Runs the scenarios in a sandbox that is already up, in a history of their own, and judges that history. */
async function verifyIn(
  runner: SandboxRunner,
  environment: EnvironmentSeen,
  options: VerifyOptions,
): Promise<RunReport> {
  const { reportDir, scenarios, onEvent } = options;
  // An interrupted series may have left a folder of this name.
  await rm(reportDir, { recursive: true, force: true });
  const file = path.join(reportDir, historyName);
  const history = createHistoryWriter(file, runner.clock);
  const metrics = openMetrics(options, history);
  try {
    history.subscribe(onEvent);
    const run = runStarted(options);
    history.emit(run);
    history.emit(environment);
    for (const scenario of scenarios)
      await runner.run({ options, run, history, metrics }, bindForRun(scenario, options));
    history.emit({ type: 'run.ended', leftovers: [] });
  } finally {
    metrics.close();
    history.close();
  }
  if (history.broken.aborted) throw history.broken.reason;
  const report = await judge(readHistory(file));
  await writeReportFiles(report, reportDir);
  return report;
}
