import type { Point, RecordedSeries, Segment } from '../recording.ts';

/** Samples at these sandbox seconds. */
export function seriesOf(
  name: string,
  samples: readonly (readonly [second: number, value: Point['value']])[],
  labels: RecordedSeries['labels'] = {},
): RecordedSeries {
  return { name, labels, kind: 'gauge', points: samples.map(([second, value]) => ({ s: second * 1000, value })) };
}

/** A segment from sandbox second 0 to `endSecond`. */
export function segmentOf(endSecond: number, series: readonly RecordedSeries[]): Segment {
  return {
    name: 'healthy',
    scenario: undefined,
    arm: undefined,
    startS: 0,
    endS: endSecond * 1000,
    intervalMs: 15_000,
    series,
    scrapes: [],
  };
}
