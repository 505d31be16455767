import path from 'node:path';

import { historyName, metricsName } from '../history/file-names.ts';
import { readHistory } from '../history/reader.ts';
import { RunRecord } from '../record/run-record.ts';
import type { RecordedArm } from './alerts-input.ts';
import { readRecording } from './read-recording.ts';
import { truthOf } from './truth.ts';

/** A recorded run as rules see it. */
export interface LoadedRun {
  readonly record: RunRecord;
  readonly arms: readonly RecordedArm[];
}

/**
 * Reads history and metrics of a run.
 * @param directory the run's folder
 * @throws InputError if one of the two cannot be read
 */
export async function loadRun(directory: string): Promise<LoadedRun> {
  const record = new RunRecord();
  for await (const event of readHistory(path.join(directory, historyName))) record.push(event);
  const truths = truthOf(record);
  const stretches = truths.map(({ scenario, arm, startS, endS }) => ({ scenario, arm, fromS: startS, untilS: endS }));
  const segments = await readRecording(path.join(directory, metricsName), stretches);
  const run = path.basename(directory);
  return {
    record,
    arms: truths.flatMap((truth, index) => {
      const segment = segments[index];
      const clock = { startT: truth.startT, timeScale: record.run?.timeScale ?? 1 };
      return segment ? [{ run, truth, segment, clock }] : [];
    }),
  };
}
