import { rm } from 'node:fs/promises';
import path from 'node:path';

import type { EnvironmentSeen } from '../history/events.ts';
import { readHistory } from '../history/reader.ts';
import { createHistoryWriter } from '../history/writer.ts';
import { DrillbookError } from '../kernel/errors.ts';
import { together } from '../kernel/run-all.ts';
import { writeReports } from '../report/write-reports.ts';
import { dropLease } from '../sandbox/lease.ts';
import { judge } from '../verdict/judge.ts';
import type { RunReport } from '../verdict/run-report.ts';
import { runStarted } from '../run/describe-run.ts';
import { historyName } from '../run/finish-dead-runs.ts';
import type { Lane } from '../run/sandbox-runner.ts';
import { runSession } from '../run/run-session.ts';
import { bindForRun } from '../run/run-verify.ts';
import type { VerifyOptions } from '../run/verify-options.ts';
import { createWorkQueue } from '../run/work-queue.ts';

/** What each run of a series shares with the others. */
export interface SeriesOptions extends Omit<VerifyOptions, 'keep' | 'repeat'> {
  /** Whether one more may be begun. */
  readonly isTimeLeft: () => boolean;
}

/** Verifies once within a series, in a folder of this name below that of the series. What an interrupted try has left there gives way. */
export type VerifyOne = (
  name: string,
  changed: Partial<Pick<VerifyOptions, 'runbook' | 'scenarios' | 'project' | 'stopAtFailure'>>,
) => Promise<RunReport>;

export interface Shared<Item, Result> {
  readonly items: readonly Item[];
  readonly isDemanding: (item: Item) => boolean;
  readonly work: (item: Item, verify: VerifyOne) => Promise<Result>;
  /** Called with one result after the other, so that an interrupted series loses the items that it was at and no others. */
  readonly onResult: (result: Result) => Promise<void>;
}

/**
 * Short runs, each with a history and a report of its own, in sandboxes that stay up from the first to the last: between
 * two runs a sandbox is reset, and the next steady state proves the reset. An interrupt ends the series.
 */
export async function shareSandboxes<Item, Result>(
  options: SeriesOptions,
  { items, isDemanding, work, onResult }: Shared<Item, Result>,
): Promise<void> {
  if (items.length === 0 || options.signal.aborted || !options.isTimeLeft()) return;
  const sandboxes = Math.max(1, Math.min(options.sandboxes, items.length));
  const reportDir = path.join(options.reportDir, `sandboxes-${options.runId}`);
  const shared: VerifyOptions = { ...options, keep: false, repeat: false, sandboxes };
  let told = Promise.resolve();
  const queue = createWorkQueue(items, isDemanding);
  const { failure, interrupted, historyBroken, leftovers } = await runSession(
    { ...shared, reportDir },
    async ({ environment, lanes, signal }) => {
      await together(lanes, signal, async (lane, within) => {
        const verify: VerifyOne = (name, changed) =>
          verifyIn(lane, environment, {
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
          told = told.then(() => onResult(result));
          await told;
        }
      });
    },
  );
  await dropLease(reportDir);
  if (failure !== undefined && (!interrupted || historyBroken)) throw failure;
  if (leftovers.length > 0)
    throw new DrillbookError(`not removed: ${leftovers.join('; ')}`, {
      code: 'LEFTOVERS',
      next: 'what was found out is recorded; "drillbook sandbox clean" removes the rest',
    });
}

async function verifyIn(lane: Lane, environment: EnvironmentSeen, options: VerifyOptions): Promise<RunReport> {
  const { reportDir, scenarios, onEvent } = options;
  await rm(reportDir, { recursive: true, force: true });
  const file = path.join(reportDir, historyName);
  const history = createHistoryWriter(file, lane.clock);
  try {
    history.subscribe(onEvent);
    const run = runStarted(options);
    history.emit(run);
    history.emit(environment);
    for (const scenario of scenarios) await lane.run({ options, run, history }, bindForRun(scenario, options));
    history.emit({ type: 'run.ended', leftovers: [] });
  } finally {
    history.close();
  }
  if (history.broken.aborted) throw history.broken.reason;
  const report = await judge(readHistory(file));
  await writeReports(report, reportDir);
  return report;
}
