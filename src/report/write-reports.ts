import path from 'node:path';

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

/** Writes every report into a folder that exists; a reader never sees half a file. */
export async function writeReports(report: RunReport, directory: string): Promise<void> {
  for (const [name, render] of Object.entries(renderers))
    await writeAtomically(path.join(directory, name), render(report));
}
