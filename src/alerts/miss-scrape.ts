import type { Point, RecordedSeries, Segment } from './recording.ts';

/** The same recording with one scrape failed: the last one that an evaluation at `s` sees. */
export function withoutScrape(segment: Segment, s: number): Segment {
  const failed = segment.scrapes.findLast((scrape) => scrape.ok && scrape.s <= s);
  if (!failed) return segment;
  const at = failed.s;
  const ofTarget = ({ labels: { job, instance } }: RecordedSeries): boolean =>
    job === failed.target && (failed.instance === undefined || failed.instance === instance);
  return {
    ...segment,
    scrapes: segment.scrapes.map((scrape) => (scrape === failed ? { ...scrape, ok: false } : scrape)),
    series: segment.series.map((one) =>
      ofTarget(one)
        ? { ...one, points: one.points.map((point) => (point.s === at ? fail(one.name, point) : point)) }
        : one,
    ),
  };
}

function fail(name: string, { s }: Point): Point {
  if (name === 'up' || name === 'scrape_samples_scraped') return { s, value: 0 };
  return { s, value: name === 'scrape_duration_seconds' ? 0 : 'stale' };
}
