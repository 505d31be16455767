import path from 'node:path';

import { DrillbookError } from '../kernel/errors.ts';
import { writeAtomically } from '../kernel/write-atomically.ts';
import type { JudgedRun } from '../verdict/judge.ts';
import type { RunReport } from '../verdict/run-report.ts';
import { readCasts } from './page/read-casts.ts';
import { readPageScripts } from './page/read-page-scripts.ts';
import { renderReportPage } from './page/render-report-page.ts';
import { renderJson } from './render-json.ts';
import { renderJunit } from './render-junit.ts';
import { renderSummary } from './render-summary.ts';

const renderers = {
  'report.json': renderJson,
  'junit.xml': renderJunit,
  'summary.md': renderSummary,
} as const;
const pageName = 'report.html';

export const reportNames: readonly string[] = [...Object.keys(renderers), pageName];

/**
 * Writes every report into an existing folder. A reader never sees half a file. The page shows the transcripts of the
 * folder.
 * @throws DrillbookError `REPORT_WRITE` if a file cannot be written
 */
export async function writeReports({ report, record }: JudgedRun, directory: string): Promise<void> {
  await writeReportFiles(report, directory);
  const [casts, scripts] = await Promise.all([readCasts(record, directory), readPageScripts()]);
  await write(directory, pageName, renderReportPage({ report, record, casts, scripts }));
}

/** The same without the page: a series of hundreds of runs writes it for none. `drillbook judge` adds it to one. */
export async function writeReportFiles(report: RunReport, directory: string): Promise<void> {
  for (const [name, render] of Object.entries(renderers)) await write(directory, name, render(report));
}

async function write(directory: string, name: string, text: string): Promise<void> {
  const file = path.join(directory, name);
  await writeAtomically(file, text).catch((cause: unknown) => {
    throw new DrillbookError(`the report ${cause instanceof Error ? cause.message : file}`, {
      code: 'REPORT_WRITE',
      next: `free disk space, then write it from the history with "drillbook judge ${directory}"`,
      cause,
    });
  });
}
