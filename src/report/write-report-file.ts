import path from 'node:path';

import { DrillbookError } from '../kernel/errors.ts';
import { writeAtomically } from '../kernel/write-atomically.ts';

/**
 * Writes one report into an existing folder. A reader never sees half a file.
 * @param command writes the reports of a folder again from its history, e.g. `drillbook judge`
 * @throws DrillbookError `REPORT_WRITE` if the file cannot be written
 */
export async function writeReportFile(directory: string, name: string, text: string, command: string): Promise<void> {
  const file = path.join(directory, name);
  await writeAtomically(file, text).catch((cause: unknown) => {
    throw new DrillbookError(`the report ${cause instanceof Error ? cause.message : file}`, {
      code: 'REPORT_WRITE',
      next: `free disk space, then write it from the history with "${command} ${directory}"`,
      cause,
    });
  });
}
