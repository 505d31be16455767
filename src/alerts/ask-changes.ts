/**
 * An expression without ranges returns the same from one change of its series to the next. So promtool is asked only at
 * the first evaluation after each change, which is ten times faster if evaluations are more frequent than scrapes.
 */
import type { EngineFacts } from './engine-limits.ts';
import type { RecordedSeries, Segment } from './recording.ts';
import { sampleGridMs } from './render-rule-test.ts';
import type { EvaluationGrid } from './timeline.ts';

/** A sample counts for this long. Prometheus 2 includes the last instant, Prometheus 3 does not. */
const lookbackMs = 300_000;

/**
 * Numbers of the evaluations at which the result can differ from the one before.
 * @param times sandbox ms of all evaluations
 */
export function evaluationsAfterChanges(
  segment: Segment,
  times: readonly number[],
  grid: EvaluationGrid,
  { ranges }: EngineFacts,
  isRead: (series: RecordedSeries) => boolean,
): readonly number[] {
  const all = [...times.keys()];
  const [first] = times;
  if (ranges || first === undefined) return all;
  const asked = new Set([0]);
  const add = (s: number): void => {
    const evaluation = Math.max(0, Math.ceil((s - first) / grid.intervalMs));
    if (evaluation < times.length) asked.add(evaluation);
  };
  // Samples move up to the next step of promtool's grid, and evaluations lie on it.
  const step = sampleGridMs(grid);
  const cellOf = (s: number): number => first + Math.ceil((s - first) / step) * step;
  for (const { points } of segment.series.filter(isRead)) {
    for (const [index, { s }] of points.entries()) {
      const cell = cellOf(s);
      add(cell);
      const next = points[index + 1];
      if (next && cellOf(next.s) <= cell + lookbackMs) continue;
      add(cell + lookbackMs);
      add(cell + lookbackMs + 1);
    }
  }
  return all.filter((evaluation) => asked.has(evaluation));
}
