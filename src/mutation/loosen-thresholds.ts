import type { ThresholdRow } from '../history/events.ts';
import type { Edit } from './mutant.ts';

/** Doubles the normal range of one row. More would reach the alert threshold, and the row would contradict itself. */
export function* loosenThresholds(rows: readonly ThresholdRow[], lines: readonly string[]): Generator<Edit> {
  for (const { normal, location } of rows) {
    const text = lines[location.line - 1] ?? '';
    const at = text.indexOf(normal.text);
    if (at === -1) continue;
    const loosened = loosen(normal.text);
    yield { line: location.line, lines: [text.slice(0, at) + loosened + text.slice(at + normal.text.length)] };
  }
}

/** `< 1000` becomes `< 2000`, `> 10 jobs/sec` becomes `> 5 jobs/sec`, `1-50` becomes `1-100`. */
function loosen(range: string): string {
  const isLowerBound = range.trimStart().startsWith('>');
  const numbers = [...range.matchAll(/\d+(?:\.\d+)?/g)];
  const last = numbers.at(-1);
  if (!last) return range;
  const value = Number(last[0]);
  const changed = String(isLowerBound ? value / 2 : value * 2);
  return range.slice(0, last.index) + changed + range.slice(last.index + last[0].length);
}
