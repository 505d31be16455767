import path from 'node:path';

import { DrillbookError } from '../kernel/errors.ts';
import { writeAtomically } from '../kernel/write-atomically.ts';
import type { RunReport } from '../verdict/run-report.ts';
import { renderJson } from './render-json.ts';
import { renderJunit } from './render-junit.ts';
import { renderSummary } from './render-summary.ts';

const renderers = {
  'report.json': renderJson,
  'junit.xml': renderJunit,
  'summary.md': renderSummary,
} as const;

export const reportNames: readonly string[] = Object.keys(renderers);

/**
 * Writes every report into an existing folder. A reader never sees half a file.
 * @throws DrillbookError `REPORT_WRITE` if a file cannot be written
 */
export async function writeReports(report: RunReport, directory: string): Promise<void> {
  for (const [name, render] of Object.entries(renderers)) {
    const file = path.join(directory, name);
    await writeAtomically(file, render(report)).catch((cause: unknown) => {
      throw new DrillbookError(`the report ${cause instanceof Error ? cause.message : file}`, {
        code: 'REPORT_WRITE',
        next: `free disk space, then write it from the history with "drillbook judge ${directory}"`,
        cause,
      });
    });
  }
}
