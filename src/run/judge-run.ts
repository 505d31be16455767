import path from 'node:path';

import { observeRun } from '../alerts/observe-run.ts';
import type { Promtool } from '../alerts/run-promtool.ts';
import { metricsName } from '../history/file-names.ts';
import { readHistory } from '../history/reader.ts';
import { DrillbookError } from '../kernel/errors.ts';
import { readPromtool } from '../sandbox/setup-manifest.ts';
import { judgeWithRecord, type JudgedRun } from '../verdict/judge.ts';

/**
 * Judges a run by its history and the metrics beside it.
 * @param file its history
 * @param projectDir where the set-up noted which promtool there is
 * @throws what `judge` throws
 */
export async function judgeRun(file: string, projectDir: string): Promise<JudgedRun> {
  const metricsFile = path.join(path.dirname(file), metricsName);
  return judgeWithRecord(readHistory(file), async (record) =>
    observeRun({ record, metricsFile, promtool: await findPromtool(projectDir) }),
  );
}

/** @returns undefined also if the set-up has not looked for it: a run can be judged elsewhere than it was recorded */
async function findPromtool(projectDir: string): Promise<Promtool | undefined> {
  try {
    return (await readPromtool(projectDir)) ?? undefined;
  } catch (error) {
    if (error instanceof DrillbookError && error.code === 'SETUP_MISSING') return undefined;
    throw error;
  }
}
