import { oneLine } from '../../kernel/plain-text.ts';
import { backlogOf, column } from '../../record/timeline.ts';
import { markup, type Markup } from '../../report/markup.ts';
import { renderChart } from '../../report/page/render-chart.ts';
import type { ChartPoint } from '../../report/page/time-panel.ts';
import { clockText, numberText } from '../../report/picture-scale.ts';
import type { ObservedDrill } from './observed-drill.ts';

/** The time that the charts show. */
function spanOf(drill: ObservedDrill): { readonly from: number; readonly to: number } | undefined {
  const [first, ...others] = drill.charts.charts(drill.thresholds)[0]?.series[0]?.points ?? [];
  const last = others.at(-1);
  return first && last && { from: first.t, to: last.t };
}

/** An instant that matters for every chart. */
export interface ChartMark {
  readonly t: number;
  readonly text: string;
  readonly kind: 'fault' | 'page' | 'recovery';
}

export function renderCharts(drill: ObservedDrill, marks: readonly ChartMark[]): Markup {
  const span = spanOf(drill);
  if (!span) return markup`<p class="why">The queues were not sampled yet.</p>`;
  const charts = drill.charts.charts(drill.thresholds).map((chart, index) => renderChart(chart, index, span));
  return markup`<div class="tracks">${charts}${renderMarks(marks, span)}</div><div class="ends" aria-hidden="true"><span>${clockText(Math.round(span.from / 1000) * 1000)}</span><span>real time since the run began</span><span>${clockText(Math.round(span.to / 1000) * 1000)}</span></div>`;
}

function renderMarks(
  marks: readonly ChartMark[],
  { from, to }: { readonly from: number; readonly to: number },
): Markup {
  const lines = marks
    .filter(({ t }) => t >= from && t <= to)
    .map(({ t, text, kind }, index) => {
      const share = ((t - from) / (to - from)) * 100;
      const x = `${Math.round(share * 100) / 100}%`;
      const [dx, anchor] = share > 85 ? [-4, 'end'] : [4, 'start'];
      // Marks close to each other have their texts below each other.
      return markup`<line class="${kind}" x1="${x}" x2="${x}" y1="0" y2="100%"/><text class="${kind}" x="${x}" y="${11 + (index % 3) * 12}" dx="${dx}" text-anchor="${anchor}">${text}</text>`;
    });
  return markup`<svg class="marks" role="img" aria-label="${marks.map(({ t, text }) => `${text} at ${clockText(t)}`).join(', ')}">${lines}</svg>`;
}

/** So many instants have a row. */
const rowsOfValues = 20;

/** The charts as a table, for readers who do not see lines. The newest row comes first. */
export function renderValues(drill: ObservedDrill): Markup {
  const span = spanOf(drill);
  if (!span) return markup``;
  const charts = drill.charts.charts(drill.thresholds);
  const groups = charts.map(({ name, series }) => markup`<th scope="colgroup" colspan="${series.length}">${name}`);
  const columns = charts.flatMap(({ series }) => series);
  const heads = columns.map(({ name }) => markup`<th scope="col">${oneLine(name, 40)}`);
  const rows = Array.from({ length: rowsOfValues + 1 }, (_, index) => {
    const t = span.to - ((span.to - span.from) * index) / rowsOfValues;
    const cells = columns.map(({ points }) => markup`<td class="number">${sayValue(points, t)}`);
    return markup`<tr><th scope="row" class="number">${clockText(t)}${cells}\n`;
  });
  const limits = charts.flatMap(({ name, limits: all }) =>
    [...new Set(all.map(({ text }) => text))].map((text) => `${name}: ${oneLine(text, 60)}`),
  );
  return markup`<p class="why">The runbook’s thresholds: ${limits.join('; ')}</p><table><thead><tr><td>${groups}<tr><th scope="col" class="number">real${heads}
<tbody>${rows}</table>`;
}

function sayValue(points: readonly ChartPoint[], t: number): string {
  const value = points.findLast((point) => point.t <= t)?.value;
  return value === undefined ? '–' : numberText(value);
}

/** So many queues are listed. */
const mostQueues = 10;

/** The queues with the most work now, the affected ones first. */
export function renderQueues(drill: ObservedDrill, affected: readonly string[]): Markup {
  const { rows } = drill.charts;
  if (rows.size === 0) return markup``;
  const isAffected = new Set(affected);
  const listed = [...rows]
    .map(([name, row]) => ({ name, row, jobs: backlogOf(row) + row[column.delayed] + row[column.failed] }))
    .toSorted(
      (a, b) =>
        Number(isAffected.has(b.name)) - Number(isAffected.has(a.name)) ||
        b.jobs - a.jobs ||
        a.name.localeCompare(b.name),
    )
    .slice(0, mostQueues);
  const lines = listed.map(
    ({ name, row }) =>
      markup`<tr><th scope="row">${oneLine(name, 60)}${isAffected.has(name) ? ' (affected)' : ''}${row[column.flag] === 1 ? ', paused' : ''}<td class="number">${backlogOf(row)}<td class="number">${row[column.active]}<td class="number">${row[column.delayed]}<td class="number">${row[column.failed]}\n`,
  );
  return markup`<p class="why">${listed.length} of ${rows.size} queues, those with the most jobs first</p><table><thead><tr><th scope="col">queue<th scope="col" class="number">waiting<th scope="col" class="number">active<th scope="col" class="number">delayed<th scope="col" class="number">failed
<tbody>${lines}</table>`;
}
