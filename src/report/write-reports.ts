import type { JudgedRun } from '../verdict/judge.ts';
import type { RunReport } from '../verdict/run-report.ts';
import { readCasts } from './page/read-casts.ts';
import { readPageScripts } from './page/read-page-scripts.ts';
import { renderReportPage } from './page/render-report-page.ts';
import { renderJson } from './render-json.ts';
import { renderJunit } from './render-junit.ts';
import { renderSummary } from './render-summary.ts';
import { writeReportFile } from './write-report-file.ts';

const renderers = {
  'report.json': renderJson,
  'junit.xml': renderJunit,
  'summary.md': renderSummary,
} as const;
/** Writes these files again. */
const command = 'drillbook judge';
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
  await writeReportFile(directory, pageName, renderReportPage({ report, record, casts, scripts }), command);
}

/** The same without the page: a series of hundreds of runs writes it for none. `drillbook judge` adds it to one. */
export async function writeReportFiles(report: RunReport, directory: string): Promise<void> {
  for (const [name, render] of Object.entries(renderers))
    await writeReportFile(directory, name, render(report), command);
}
