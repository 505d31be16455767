import { oneLine } from '../../kernel/plain-text.ts';
import { markup, type Markup } from '../markup.ts';
import { linearScale, numberText, numberTicks, valueRange } from '../picture-scale.ts';
import { linePath } from './line-path.ts';
import type { Chart, ChartLimit, ChartSeries, TimePanel } from './time-panel.ts';

/** A limit that is higher than the values by more than this would press them to the floor, so it is only named. */
const mostAbove = 4;

/** One chart: what it shows, its key with room for the values at the cursor, and the lines. */
export function renderChart(chart: Chart, index: number, panel: Pick<TimePanel, 'from' | 'to'>): Markup {
  const { name, note, series, limits } = chart;
  const values = series.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []));
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  const shown = limits.filter(({ value }) => value <= Math.max(1, highest) * mostAbove);
  const range = valueRange([0, highest, ...shown.map(({ value }) => value)]);
  const texts = [...new Set(limits.map(({ text }) => text))].map((text) => oneLine(text, 60)).join(', ');
  const key = series.map(
    (one, at) =>
      markup`<li><svg class="swatch" viewBox="0 0 26 8" aria-hidden="true"><path class="line ${one.line}" d="M1 4H25"/></svg>${oneLine(one.name, 60)} <output class="now" data-chart="${index}" data-series="${at}"></output></li>`,
  );
  return markup`<div class="track chart"><div class="track-name"><b>${name}</b><span class="unit">${note}</span>${
    texts === '' ? undefined : markup`<span class="limits">${texts}</span>`
  }<ul class="lines">${key}</ul></div>
<div class="plot">${drawChart(chart, shown, range, panel)}</div></div>
`;
}

function drawChart(
  { name, series }: Chart,
  limits: readonly ChartLimit[],
  range: readonly [number, number],
  panel: Pick<TimePanel, 'from' | 'to'>,
): Markup {
  const x = linearScale([panel.from, panel.to], [0, 1000]);
  const y = linearScale(range, [200, 0]);
  const place = linearScale(range, [97, 5]);
  const share = (value: number): string => `${Math.round(place(value) * 10) / 10}%`;
  const ticks = numberTicks(range, range[1] <= 1 ? 1 : 2).map((value) => {
    const at = share(value);
    return markup`<line class="grid" x1="0" x2="100%" y1="${at}" y2="${at}"/><text class="tick-value" x="3" y="${at}" dy="${value === range[1] ? 10 : -3}">${numberText(value)}</text>`;
  });
  const lines = limits.map(({ value, text, kind }, index) => {
    const at = share(value);
    // A range such as `1-50` has two lines and one text. Of two texts close to each other, one stands further left.
    const isNamed = limits.findLastIndex((one) => one.text === text) === index;
    const isTight =
      kind === 'normal' && limits.some((one) => one.kind === 'alert' && Math.abs(place(one.value) - place(value)) < 16);
    const label = markup`<text class="limit-text" x="${isTight ? 64 : 100}%" dx="-4" y="${at}" dy="${place(value) < 16 ? 12 : -4}" text-anchor="end">${oneLine(text, 40)}</text>`;
    return markup`<line class="limit ${kind}" x1="0" x2="100%" y1="${at}" y2="${at}"/>${isNamed ? label : undefined}`;
  });
  const isFlat = range[1] === 1 && limits.length === 0;
  return markup`<svg class="chart-lines${isFlat ? ' flat' : ''}" role="img" aria-label="${name}: ${describe(series)}">${ticks}${lines}<svg viewBox="0 0 1000 200" preserveAspectRatio="none" width="100%" height="92%" y="5%" overflow="visible">${series
    .toReversed()
    .map(({ points, line }) => markup`<path class="line ${line}" d="${linePath(points, x, y)}"/>`)}</svg></svg>`;
}

/** What the lines show, for readers who do not see them. The table below has the values. */
function describe(series: readonly ChartSeries[]): string {
  const texts = series.map(({ name, points }) => {
    const values = points.flatMap(({ value }) => value ?? []);
    if (values.length === 0) return `${oneLine(name, 60)} has no value`;
    const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    return `${oneLine(name, 60)} from ${numberText(low)} to ${numberText(high)}`;
  });
  return texts.join('; ');
}
