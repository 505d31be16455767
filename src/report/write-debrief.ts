import type { Debrief } from '../verdict/drill/debrief.ts';
import type { JudgedDrill } from '../verdict/drill/judge-drill.ts';
import { readCasts, readPlayerCasts } from './page/read-casts.ts';
import { readPageScripts } from './page/read-page-scripts.ts';
import { renderDebriefPage } from './page/render-debrief-page.ts';
import { renderPostmortem } from './render-postmortem.ts';
import { writeReportFile } from './write-report-file.ts';

const renderers = {
  'debrief.json': (debrief: Debrief): string => `${JSON.stringify(debrief, undefined, 2)}\n`,
  'postmortem.md': renderPostmortem,
} as const;
/** Writes these files again. */
const command = 'drillbook drill judge';
const pageName = 'debrief.html';

export const debriefNames: readonly string[] = [...Object.keys(renderers), pageName];

/**
 * Writes the debrief of a drill into its folder. A reader never sees half a file. The page plays the player's terminal.
 * @throws DrillbookError `REPORT_WRITE` if a file cannot be written
 */
export async function writeDebrief(judged: JudgedDrill, directory: string): Promise<void> {
  const { debrief, record, drill } = judged;
  for (const [name, render] of Object.entries(renderers))
    await writeReportFile(directory, name, render(debrief), command);
  const scripts = await readPageScripts();
  const casts = new Map([...(await readCasts(record, directory)), ...(await readPlayerCasts(drill, directory))]);
  await writeReportFile(directory, pageName, renderDebriefPage({ ...judged, casts, scripts }), command);
}
