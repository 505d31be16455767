import { readFile } from 'node:fs/promises';

import type { HistoryEvent } from '../../history/events.ts';
import { judgeWithRecord, type JudgedRun } from '../../verdict/judge.ts';
import { file, recordRun, type Recording } from '../../verdict/testing/record-run.ts';
import { readPageScripts } from '../page/read-page-scripts.ts';
import { renderReportPage } from '../page/render-report-page.ts';

/** A runbook that has the lines of the recorded runs. */
export const runbookText = [
  '# Worker failure',
  '',
  ...Array.from({ length: 26 }, (_, index) => `Line ${index + 3} of the runbook.`),
  '```bash',
  'docker compose exec api node resume.mjs mail',
  'docker compose ps',
  '```',
  '',
].join('\n');

/** What each block of the recorded runs showed on its terminal. */
export const castText = [
  { version: 2, width: 80, height: 12, timestamp: 1, title: 'block' },
  [0.1, 'o', '$ docker compose ps\r\n'],
  [0.6, 'o', 'NAME         STATUS\r\nworker-mail  Up 2 minutes (healthy)\r\nworker-rest  Up 2 minutes (healthy)\r\n'],
  [1.8, 'o', '\u001b[32mdone\u001b[0m\r\n'],
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

/** How much longer the blocks of a sample run than those of a recorded run, real ms: long enough to be seen. */
const longerMs = 2000;

/** A judged run: by default one that passes. */
export async function judged(recording: Recording = {}): Promise<JudgedRun> {
  const text = recording.runbook?.text ?? runbookText;
  return judgedFrom(withLongBlocks(recordRun({ ...recording, runbook: { ...recording.runbook, text } })));
}

function withLongBlocks(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  let later = 0;
  return events.map((event) => {
    if (event.type === 'procedure.ended') later += longerMs;
    const moved = { ...event, t: event.t + later, s: event.s + later * 10 };
    return moved.type === 'procedure.ended' ? { ...moved, durationMs: moved.durationMs + longerMs } : moved;
  });
}

export async function judgedFrom(events: readonly HistoryEvent[]): Promise<JudgedRun> {
  async function* stream(): AsyncGenerator<HistoryEvent> {
    for (const [seq, event] of events.entries()) yield { ...event, seq };
  }
  return judgeWithRecord(stream());
}

/** `report.html` of a recorded run. */
export async function pageOf(run: JudgedRun | Recording = {}, cast = castText): Promise<string> {
  const { report, record } = 'record' in run ? run : await judged(run);
  return renderReportPage({ report, record, casts: new Map([['x.cast', cast]]), scripts: await readPageScripts() });
}

/** A run with a command that fails, at its line of the runbook. */
export const failingRun: Recording = {
  commands: [
    { location: { file, line: 30 }, text: 'docker compose exec api node resume.mjs mail', durationMs: 800 },
    { location: { file, line: 31 }, exitCode: 1, output: 'Error: no such queue', startedMs: 900, durationMs: 1000 },
  ],
};

/** The script of the page, to compare with what stands in it. */
export const pageScript = await readFile(new URL('../../../page/page.js', import.meta.url), 'utf8');

/** The data for the script of a page, as they stand in it. */
export function dataOf(page: string): string {
  const [begin, end] = ['<script type="application/json" id="data">', '</script>\n<script>'];
  const from = page.indexOf(begin) + begin.length;
  return page.slice(from, page.indexOf(end, from));
}
