import type { HistoryEvent } from '../../history/events.ts';
import { parId } from '../../verdict/drill/find-par.ts';
import { judgeDrillWithRecord, type JudgedDrill } from '../../verdict/drill/judge-drill.ts';
import { asHistory, playWell, recordDrill, verbatim, type DrillRecording } from '../../verdict/testing/record-drill.ts';
import { recordRun } from '../../verdict/testing/record-run.ts';
import { readPageScripts } from '../page/read-page-scripts.ts';
import { renderDebriefPage } from '../page/render-debrief-page.ts';
import { castText, runbookText } from './sample-page.ts';

/** A drill in which the player pauses a healthy queue, edits a command of the runbook, and recovers the fleet. */
const harmfulDrill: DrillRecording = {
  plan: { touches: { services: [], queues: ['mail'], redis: [] } },
  play(player) {
    player.wait(5);
    player.say({ type: 'player.read', section: '3.2', line: 3 });
    player.wait(5);
    player.run('pause rest', (world) => (world.restPaused = true), { exitCode: 2, runbook: [verbatim] });
    player.run('resume rest', (world) => (world.restPaused = false), {
      runbook: [{ ...verbatim, how: 'edited' }],
    });
    playWell(player);
  },
};

export async function judgedDrill(recording: DrillRecording = harmfulDrill): Promise<JudgedDrill> {
  const drill = recordDrill(recording).map((event) =>
    event.type === 'run.started' ? { ...event, runbook: { ...event.runbook, text: runbookText } } : event,
  );
  return judgeDrillWithRecord(asHistory([...drill.slice(0, -1), ...parAfter(drill), ...drill.slice(-1)]));
}

/** The runbook's own procedure plays the same incident, after the drill. */
function parAfter(drill: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const plan = { id: parId('queue-paused'), control: { enabled: false, instead: [] } };
  const events = recordRun({ plan }).filter(
    ({ scenario, type }) => scenario !== undefined || type === 'scenario.planned',
  );
  const [last, first] = [drill.at(-1), events[0]];
  if (!last || !first) throw new Error('a recording without events');
  return events.map((event) => ({ ...event, t: event.t - first.t + last.t, s: event.s - first.s + last.s }));
}

/** `debrief.html` of a recorded drill. */
export async function debriefPageOf(
  recording: DrillRecording | JudgedDrill = harmfulDrill,
  cast = castText,
): Promise<string> {
  const judged = 'debrief' in recording ? recording : await judgedDrill(recording);
  const casts = new Map(['x.cast', ...judged.drill.shells.map((shell) => shell.cast)].map((name) => [name, cast]));
  return renderDebriefPage({ ...judged, casts, scripts: await readPageScripts() });
}
