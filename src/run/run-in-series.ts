import { rm } from 'node:fs/promises';
import path from 'node:path';

import { runVerify } from './run-verify.ts';
import type { VerifyOptions, VerifyResult } from './verify-options.ts';

/** What each run of a series shares with the others. */
export type SeriesOptions = Omit<VerifyOptions, 'keep' | 'repeat' | 'sandboxes'>;

/** One run of a series, in a folder of this name below that of the series. What an interrupted try has left there gives way. */
export async function runInSeries(name: string, options: SeriesOptions): Promise<VerifyResult> {
  const reportDir = path.join(options.reportDir, name);
  await rm(reportDir, { recursive: true, force: true });
  return runVerify({
    ...options,
    keep: false,
    repeat: false,
    sandboxes: 1,
    runId: `${options.runId}-${name}`,
    reportDir,
  });
}
