import type { Debrief } from '../../verdict/drill/debrief.ts';
import { createLines, type LineFacts } from './runbook-lines.ts';

/** What the drill says about lines of the runbook: read, run, edited before use, and what should change. */
export function drillLines({ commands, items, reads, runbook }: Debrief): ReadonlyMap<number, LineFacts> {
  const { lines, at } = createLines();
  for (const { runbook: recognised, line } of commands) {
    for (const { location, how } of recognised) {
      for (let one = location.line; one <= (location.endLine ?? location.line); one += 1) at(one).runs += 1;
      if (how === 'edited')
        at(location.line).remarks.push({ kind: 'edited', text: `it ran as: ${line}`, scenarios: [] });
    }
  }
  for (const [line, times] of Map.groupBy(reads, (read) => read.line)) {
    if (line !== null)
      at(line).remarks.push({
        kind: 'read',
        text: times.length === 1 ? 'once' : `${times.length} times`,
        scenarios: [],
      });
  }
  for (const { location, message } of items) {
    if (location?.file === runbook.file)
      at(location.line).remarks.push({ kind: 'to change', text: message, scenarios: [] });
  }
  return lines;
}
