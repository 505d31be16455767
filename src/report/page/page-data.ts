import { round } from '../series-path.ts';
import type { ChartPoint, TimePanel } from './time-panel.ts';

/** What the script of the page needs, as JSON that cannot end its element. */
export function pageData(panels: readonly TimePanel[]): string {
  const data = panels.map(({ id, from, to, clocks, charts, terminal, compared }) => ({
    id,
    from: round(from),
    to: round(to),
    knots: clocks.knots.map(({ t, s }) => [round(t), round(s)]),
    charts: charts.map(({ series }) => series.map(({ points }) => changesOf(points))),
    terminal,
    compared,
  }));
  return JSON.stringify(data).replaceAll(
    /[<>&\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]|##(?=\[)|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (text) =>
      [...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

/** Times and values, without those that repeat the one before. No value is `null`. */
function changesOf(
  points: readonly ChartPoint[],
): readonly [times: readonly number[], values: readonly (number | null)[]] {
  const kept = points.filter(({ value }, index) => index === 0 || value !== points[index - 1]?.value);
  return [kept.map(({ t }) => Math.round(t)), kept.map(({ value }) => value ?? null)];
}
