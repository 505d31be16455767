import type { ChartPoint, TimePanel } from './time-panel.ts';

/** So many points all lines of a page have at most. A point takes about 15 bytes. */
const mostPoints = 110_000;

/**
 * Leaves out what cannot be seen: values between two equal ones, and, if a page has too many, all but the first, the
 * last, the lowest and the highest value of each narrow column.
 */
export function thinPanels(panels: readonly TimePanel[]): readonly TimePanel[] {
  const flat = panels.map((panel) => mapPoints(panel, withoutRepeats));
  const sizes = flat.flatMap(({ charts }) => charts.flatMap(({ series }) => series.map(({ points }) => points.length)));
  const most = fairShare(sizes, mostPoints);
  return flat.map((panel) => mapPoints(panel, (points) => thinOut(points, most, panel)));
}

function mapPoints(panel: TimePanel, change: (points: readonly ChartPoint[]) => readonly ChartPoint[]): TimePanel {
  const charts = panel.charts.map((chart) => ({
    ...chart,
    series: chart.series.map((series) => ({ ...series, points: change(series.points) })),
  }));
  return { ...panel, charts };
}

function withoutRepeats(points: readonly ChartPoint[]): readonly ChartPoint[] {
  return points.filter(({ value }, index) => value !== points[index - 1]?.value || value !== points[index + 1]?.value);
}

function thinOut(points: readonly ChartPoint[], most: number, { from, to }: TimePanel): readonly ChartPoint[] {
  if (points.length <= most) return points;
  const columns = Math.max(1, Math.floor(most / 4));
  const grouped = Map.groupBy(points, ({ t }) => Math.floor(((t - from) / (to - from)) * columns));
  return [...grouped.values()].flatMap((column) => {
    const values = column.flatMap(({ value }) => value ?? []);
    const lowest = values.reduce((low, one) => Math.min(low, one), Infinity);
    const highest = values.reduce((high, one) => Math.max(high, one), -Infinity);
    const extremes = [lowest, highest].map((extreme) => column.find(({ value }) => value === extreme));
    const kept = new Set([column[0], column.at(-1), ...extremes]);
    return column.filter((point) => kept.has(point));
  });
}

/** How much each part may have if all together may have so much: small ones leave their rest to the others. */
export function fairShare(sizes: readonly number[], most: number): number {
  let left = most;
  for (const [index, size] of sizes.toSorted((a, b) => a - b).entries()) {
    const even = Math.floor(left / (sizes.length - index));
    if (size > even) return even;
    left -= size;
  }
  return Infinity;
}
