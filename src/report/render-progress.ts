import { seconds } from '../alerts/say-time.ts';
import { oneLine } from '../kernel/plain-text.ts';
import { count } from '../kernel/words.ts';
import type { Debrief } from '../verdict/drill/debrief.ts';
import { bothClocks, outcomeWords } from './debrief-words.ts';

/** A median of fewer drills says nothing. */
const leastForMedian = 5;

/**
 * Past drills beside each other: only those of the same scenario, level, rate and runbook. Single drills are shown, and
 * no mean of a few.
 */
export function renderProgress(debriefs: readonly Debrief[]): string {
  if (debriefs.length === 0) return 'no drills yet\n';
  const groups = Map.groupBy(debriefs, keyOf);
  return `${[...groups].map(([title, drills]) => renderGroup(title, drills)).join('\n\n')}\n`;
}

function keyOf({ scenario, level, timeScale, runbook }: Debrief): string {
  const rate = timeScale === 1 ? 'real time' : `${timeScale} sandbox seconds a second`;
  return `${oneLine(scenario?.id ?? 'not begun')}, level ${level}, ${rate}, runbook ${oneLine(runbook.version ?? '')} ${runbook.sha256.slice(0, 8)}`;
}

function renderGroup(title: string, drills: readonly Debrief[]): string {
  const ttm = drills.flatMap((drill) => (drill.robot === null ? (timeOf(drill, 'TTM')?.realMs ?? []) : []));
  return [
    title,
    ...drills.map((drill) => `  ${renderDrill(drill)}`),
    ...(ttm.length < leastForMedian ? [] : [`  median TTM of ${ttm.length} recovered drills: ${seconds(median(ttm))}`]),
  ].join('\n');
}

function renderDrill(drill: Debrief): string {
  const { startedAt, player, robot, outcome, actions, timeScale } = drill;
  const who = robot === null ? oneLine(player, 20) : `${robot} (robot)`;
  const wrong = actions.filter(({ verdict }) => verdict === 'wrong').length;
  const times = (['TTD', 'TTM'] as const).map((name) => `${name} ${bothClocks(timeOf(drill, name), timeScale)}`);
  const cells = [startedAt.slice(0, 16).replace('T', ' '), who.padEnd(20), outcomeWords[outcome], ...times];
  return [...cells, ...(wrong === 0 ? [] : [count(wrong, 'wrong action')])].join('  ');
}

function timeOf({ pairs }: Debrief, name: string): Debrief['duration'] | null {
  return pairs.find(({ short }) => short === name)?.took ?? null;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
