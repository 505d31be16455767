import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { RunReport } from '../verdict/run-report.ts';
import { renderJson } from './render-json.ts';
import { renderJunit } from './render-junit.ts';
import { renderSummary } from './render-summary.ts';

/** Writes `report.json`, `junit.xml` and `summary.md` into a folder that exists; a reader never sees half a file. */
export async function writeReports(report: RunReport, directory: string): Promise<void> {
  const files = {
    'report.json': renderJson(report),
    'junit.xml': renderJunit(report),
    'summary.md': renderSummary(report),
  };
  for (const [name, text] of Object.entries(files)) {
    const draft = path.join(directory, `.${name}.${process.pid}`);
    await writeFile(draft, text);
    await rename(draft, path.join(directory, name));
  }
}
