import { oneLine } from '../../kernel/plain-text.ts';
import { markup, type Markup } from '../markup.ts';
import { clockText } from '../picture-scale.ts';
import type { Positions } from './positions.ts';
import { renderChart } from './render-chart.ts';
import { renderClocks } from './render-clocks.ts';
import { withSign } from './render-tone.ts';
import { renderValues } from './render-values.ts';
import { shareOf, type Lane, type LaneItem, type PanelMark, type TimePanel, type Tone } from './time-panel.ts';

/** A stretch of time: controls of its cursor, lanes, charts, both clocks, the terminal, and the values as a table. */
export function renderPanel(panel: TimePanel, positions: Positions): Markup {
  const { id, title, note, lanes, charts, marks, terminal } = panel;
  return markup`<section class="panel" id="${id}">
<h4>${title}</h4>
${note === undefined ? undefined : markup`<p class="why">${oneLine(note, 400)}</p>`}
${renderTransport(panel)}
<div class="tracks">
${lanes.map((lane) => renderLane(lane, panel, positions))}
${charts.map((chart, index) => renderChart(chart, index, panel))}
${renderClocks(panel, positions)}
<div class="over">${marks.map((mark) => renderMark(mark, panel, positions))}<div class="cursor" hidden></div></div>
</div>
${terminal ? markup`<div class="terminal" hidden></div>` : undefined}
${renderValues(panel)}
</section>
`;
}

/** The controls work with the script alone, which shows them. */
function renderTransport({ id, title, from, to, terminal }: TimePanel): Markup {
  const play = terminal ? markup`<button type="button" class="play">Play terminal</button>` : undefined;
  const [first, last] = [Math.round(from), Math.round(to)];
  return markup`<div class="transport" hidden>${play}<label class="seek"><span>Time</span><input type="range" min="${first}" max="${last}" step="100" value="${first}" aria-label="Time in ${id}: ${title}"></label><output class="clock-now"></output></div>`;
}

function renderLane({ name, items }: Lane, panel: TimePanel, positions: Positions): Markup {
  const laneId = `${panel.id}-${name.toLowerCase().replaceAll(' ', '-')}`;
  return markup`<div class="track lane"><span class="track-name" id="${laneId}">${name}</span><ul class="plot" aria-labelledby="${laneId}">${items.map((item) => renderItem(item, panel, positions))}</ul></div>
`;
}

function renderItem(
  { from, to, text, detail, tone, target }: LaneItem,
  panel: TimePanel,
  positions: Positions,
): Markup {
  const [start, end] = [shareOf(from, panel), shareOf(to, panel)];
  const { clocks } = panel;
  const at = (t: number): string => clockText(clocks.sandboxAt(t) - clocks.sandboxAt(panel.from));
  const when = `${at(from)} to ${at(to)} in the sandbox`;
  return markup`<li class="${positions.span(start, end)}"><a class="${tone}" href="#${target ?? panel.id}" data-t="${Math.round(from)}" title="${oneLine(detail, 300)} (${when})">${withSign(tone, oneLine(text, 80))}</a></li>`;
}

const markTones: Readonly<Record<PanelMark['kind'], Tone>> = { fault: 'fault', recovery: 'good' };

function renderMark({ t, text, kind }: PanelMark, panel: TimePanel, positions: Positions): Markup {
  const share = shareOf(t, panel);
  const next = panel.marks.find((mark) => mark.t > t);
  // The text stands to the left of its line if it would run into the edge or into the next mark.
  const isTight = share > 0.75 || (next !== undefined && share > 0.14 && shareOf(next.t, panel) - share < 0.14);
  return markup`<div class="mark ${kind}${isTight ? ' left' : ''} ${positions.point(share)}"><span>${withSign(markTones[kind], text)}</span></div>`;
}
