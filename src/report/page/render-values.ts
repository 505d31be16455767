import { oneLine } from '../../kernel/plain-text.ts';
import { markup, type Markup } from '../markup.ts';
import { clockText, numberText } from '../picture-scale.ts';
import type { ChartPoint, TimePanel } from './time-panel.ts';

/** So many rows, besides those of the marks. */
const evenRows = 30;

/** The charts as a table, for readers who do not see lines, and for copying. */
export function renderValues({ id, charts, marks, from, to, clocks }: TimePanel): Markup | undefined {
  if (charts.length === 0) return undefined;
  const rows = [
    ...Array.from({ length: evenRows + 1 }, (_, index) => ({ t: from + ((to - from) * index) / evenRows, event: '' })),
    ...marks.map(({ t, text }) => ({ t, event: text })),
  ].toSorted((a, b) => a.t - b.t);
  const columns = charts.flatMap(({ series }) => series);
  const groups = charts.map(({ name, series }) => markup`<th scope="colgroup" colspan="${series.length}">${name}`);
  const heads = columns.map(({ name }) => markup`<th scope="col">${oneLine(name, 40)}`);
  const lines = rows.map(({ t, event }) => {
    const cells = columns.map(({ points }) => markup`<td>${sayValue(valueAt(points, t))}`);
    return markup`<tr><th scope="row">${clockText(clocks.sandboxAt(t) - clocks.sandboxAt(from))}<td>${clockText(t)}${cells}<td>${event}\n`;
  });
  return markup`<details class="values"><summary>Values of these charts as a table</summary>
<div class="wide" tabindex="0" role="group" aria-label="Values of ${id}"><table><thead><tr><td><td>${groups}<td><tr><th scope="col">sandbox<th scope="col">real${heads}<th scope="col">event
<tbody>${lines}</table></div></details>`;
}

/** The last value that was known at an instant. */
function valueAt(points: readonly ChartPoint[], t: number): number | undefined {
  return points.findLast((point) => point.t <= t)?.value;
}

function sayValue(value: number | undefined): string {
  return value === undefined ? '–' : numberText(value);
}
