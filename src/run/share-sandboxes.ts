import { rm } from 'node:fs/promises';
import path from 'node:path';

import { readHistory } from '../history/reader.ts';
import { createHistoryWriter } from '../history/writer.ts';
import { together } from '../kernel/together.ts';
import { writeReports } from '../report/write-reports.ts';
import { dropLease } from '../sandbox/lease.ts';
import { judge } from '../verdict/judge.ts';
import type { RunReport } from '../verdict/run-report.ts';
import { runStarted } from './describe-run.ts';
import { historyName } from './finish-dead-runs.ts';
import { runSession } from './run-session.ts';
import { bindForRun } from './run-verify.ts';
import type { VerifyOptions } from './verify-options.ts';

/** What each run of a series shares with the others. */
export type SeriesOptions = Omit<VerifyOptions, 'keep' | 'repeat'>;

/** Verifies once within a series, in a folder of this name below that of the series. What an interrupted try has left there gives way. */
export type VerifyOne = (
  name: string,
  changed: Partial<Pick<VerifyOptions, 'runbook' | 'scenarios' | 'project'>>,
) => Promise<RunReport>;

export interface Shared<Item, Result> {
  readonly items: readonly Item[];
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
  { items, work, onResult }: Shared<Item, Result>,
): Promise<void> {
  if (items.length === 0 || options.signal.aborted) return;
  const sandboxes = Math.max(1, Math.min(options.sandboxes, items.length));
  const reportDir = path.join(options.reportDir, `sandboxes-${options.runId}`);
  const shared: VerifyOptions = { ...options, keep: false, repeat: false, sandboxes };
  let told = Promise.resolve();
  const waiting = [...items];
  const { failure, interrupted, historyBroken } = await runSession(
    { ...shared, reportDir },
    async ({ environment, lanes, signal }) => {
      await together(lanes, signal, async (lane, within) => {
        const verify: VerifyOne = async (name, changed) => {
          const own = { ...shared, ...changed, signal: within, runId: `${options.runId}-${name}` };
          const directory = path.join(options.reportDir, name);
          await rm(directory, { recursive: true, force: true });
          const file = path.join(directory, historyName);
          const history = createHistoryWriter(file, lane.clock);
          try {
            history.subscribe(options.onEvent);
            const run = runStarted(own);
            history.emit(run);
            history.emit(environment);
            const record = { options: { ...own, reportDir: directory }, run, history };
            for (const [index, scenario] of own.scenarios.entries())
              await lane.run(record, bindForRun(scenario, own), index);
            history.emit({ type: 'run.ended', leftovers: [] });
          } finally {
            history.close();
          }
          if (history.broken.aborted) throw history.broken.reason;
          const report = await judge(readHistory(file));
          await writeReports(report, directory);
          return report;
        };
        for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
          const result = await work(item, verify);
          told = told.then(() => onResult(result));
          await told;
        }
      });
    },
  );
  await dropLease(reportDir);
  if (failure !== undefined && (!interrupted || historyBroken)) throw failure;
}
