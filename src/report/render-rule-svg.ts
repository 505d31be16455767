import { oneLine, withoutCommands } from '../kernel/plain-text.ts';
import { clipBands, clipPoints, marksOf, realTimeAt, type AlertPicture } from '../alerts/alert-picture.ts';
import { describePicture, placeOfPicture, thresholdText } from './describe-picture.ts';
import { markup, trustedMarkup, type Markup } from './markup.ts';
import { clockHeight, laneHeight, layOut, textWidth, type Layout } from './picture-layout.ts';
import { clockText, clockTicks, numberText, numberTicks, type Scale } from './picture-scale.ts';
import { pictureStyle } from './picture-style.ts';
import { round, seriesPath } from './series-path.ts';

const defaultWidth = 760;

/** A picture as an SVG file of its own. It follows the color scheme, and needs no script, font or file. */
export function renderRuleSvg(
  picture: AlertPicture,
  { width = defaultWidth }: { readonly width?: number } = {},
): string {
  return withoutCommands(`${drawPicture(picture, { width, id: 'picture', alone: true }).toString()}\n`);
}

interface DrawOptions {
  /** In pixels, at least 300. */
  readonly width: number;
  /** Begins the ids inside; unique on its page. */
  readonly id: string;
  /** With a heading and a style sheet. A page with several pictures has those itself. */
  readonly alone: boolean;
}

/** The picture as an `svg` element. */
export function drawPicture(picture: AlertPicture, { width, id, alone }: DrawOptions): Markup {
  const layout = layOut(picture, width, alone ? 66 : 0);
  return markup`<svg xmlns="http://www.w3.org/2000/svg" class="alert-picture" viewBox="0 0 ${width} ${layout.height}" width="${width}" height="${layout.height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${oneLine(picture.rule)}: ${placeOfPicture(picture)}</title>
<desc id="${id}-desc">${describePicture(picture)}</desc>
${alone ? markup`<style>${trustedMarkup(pictureStyle)}</style>` : undefined}
<rect class="paper" width="${width}" height="${layout.height}"/>
${alone ? drawHeading(picture, width) : undefined}
${drawBands(picture, layout)}
${drawValueAxis(layout)}
${drawThreshold(picture, layout)}
<path class="series" d="${seriesPath(clipPoints(picture), layout.x, layout.y)}"/>
${drawMarks(picture, layout)}
${drawClocks(picture, layout)}
${drawKey(layout)}
</svg>`;
}

function drawHeading(picture: AlertPicture, width: number): Markup {
  const [left, room] = [14, width - 28];
  const wait = picture.for === undefined ? '' : `for ${oneLine(picture.for, 20)}`;
  const letters = Math.floor((room - textWidth(wait) - 12) / 6.8);
  return markup`<text class="name" x="${left}" y="22">${oneLine(picture.rule, Math.floor(room / 9))}</text>
<text x="${left}" y="40">${oneLine(placeOfPicture(picture), Math.floor(room / 6.8))}</text>
<text class="code" x="${left}" y="57">${oneLine(picture.expr, letters)}  ${wait}</text>`;
}

function drawValueAxis({ y, values, left, right }: Layout): Markup {
  const ticks = numberTicks(values, 4).map((value) => {
    const at = round(y(value));
    return markup`<line class="grid" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/><text x="${left - 8}" y="${round(at + 4)}" text-anchor="end">${numberText(value)}</text>`;
  });
  return markup`<g class="values">${ticks}</g>`;
}

function drawThreshold({ threshold }: AlertPicture, { y, left, right }: Layout): Markup | undefined {
  if (!threshold || !Number.isFinite(threshold.value)) return undefined;
  const at = round(y(threshold.value));
  return markup`<line class="limit" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/><text class="limit-text" x="${right + 6}" y="${round(at + 4)}">${thresholdText(threshold)}</text>`;
}

/** A wash over the plot, and a lane below it with the state in words. If words do not fit, pending is half as high. */
function drawBands(picture: AlertPicture, { x, top, bottom, left, laneTop }: Layout): Markup {
  const bands = clipBands(picture).map(({ state, fromS, toS, untilS }) => {
    const from = round(x(fromS));
    const size = round(Math.max(1, x(toS) - from));
    const [laneY, height] = state === 'firing' ? [laneTop, laneHeight] : [laneTop + laneHeight / 4, laneHeight / 2];
    const long = `${state} ${clockText(toS - fromS)}${untilS === undefined ? ' +' : ''}`;
    const text = [long, state].find((one) => textWidth(one, 12) + 8 <= size);
    const full = text === undefined ? { laneY, height } : { laneY: laneTop, height: laneHeight };
    return markup`<rect class="${state} wash" x="${from}" y="${top}" width="${size}" height="${bottom - top}"/><rect class="${state} lane" x="${from}" y="${full.laneY}" width="${size}" height="${full.height}"/>${
      text === undefined
        ? undefined
        : markup`<text class="lane-text ${state}-text" x="${round(from + size / 2)}" y="${laneTop + 13}" text-anchor="middle">${text}</text>`
    }`;
  });
  const none = bands.length === 0 ? markup`<text x="${left + 4}" y="${laneTop + 13}">never pending</text>` : undefined;
  return markup`<g class="bands">${bands}${none}</g><text x="${left - 8}" y="${laneTop + 13}" text-anchor="end">alert</text>`;
}

function drawMarks(picture: AlertPicture, { x, left, right, top, bottom }: Layout): Markup {
  let taken = -Infinity;
  const marks = marksOf(picture).map(({ kind, text, s }) => {
    const at = round(x(s));
    const label = `${text} ${clockText(s - picture.startS)}`;
    const half = textWidth(label) / 2;
    const middle = Math.min(Math.max(at, left + half), right + 50 - half);
    const row = middle - half < taken ? 1 : 0;
    taken = middle + half + 6;
    const baseline = top - 6 - row * 14;
    return markup`<line class="${kind}" x1="${at}" x2="${at}" y1="${baseline + 3}" y2="${bottom}"/><text class="${kind}-text" x="${round(middle)}" y="${baseline}" text-anchor="middle">${label}</text>`;
  });
  return markup`<g class="marks">${marks}</g>`;
}

/** Between the name of a ruler and its begin, where half of the first time stands. */
const nameGap = 20;

/** Two rulers under the plot, each with round times of its own clock. */
function drawClocks(picture: AlertPicture, { x, left, right, clocksTop }: Layout): Markup {
  const { startS, endS, startT, timeScale } = picture;
  const fromSandbox = (ms: number): number => x(startS + ms);
  const fromReal = (ms: number): number => x(startS + (ms - startT) * timeScale);
  const ruler = (name: string, top: number, ticks: readonly number[], place: Scale): Markup => {
    const drawn = ticks.map((ms) => {
      const at = round(place(ms));
      const middle = Math.max(at, left - nameGap + 4 + textWidth(clockText(ms)) / 2);
      return markup`<line class="axis" x1="${at}" x2="${at}" y1="${top}" y2="${top + 5}"/><text x="${round(middle)}" y="${top + 16}" text-anchor="middle">${clockText(ms)}</text>`;
    });
    return markup`<g class="clock ${name}"><line class="axis" x1="${left}" x2="${right}" y1="${top}" y2="${top}"/><text x="${left - nameGap}" y="${top + 16}" text-anchor="end">${name}</text>${drawn}</g>`;
  };
  const sandbox = [0, endS - startS] as const;
  const real = [startT, realTimeAt(picture, endS)] as const;
  const most = (to: number): number => (right - left) / Math.max(56, textWidth(clockText(to)) + 24);
  return markup`${ruler('sandbox', clocksTop, clockTicks(sandbox, most(sandbox[1])), fromSandbox)}${ruler('real', clocksTop + clockHeight, clockTicks(real, most(real[1])), fromReal)}`;
}

function drawKey({ keyTop, width }: Layout): Markup {
  const [sandbox, real] = ['sandbox: since the arm began', 'real: since the run began'];
  const lines = width < 400 ? [sandbox, real] : [`${sandbox}; ${real}`];
  const clocks = lines.map((line, index) => markup`<text x="14" y="${keyTop + 31 + index * 16}">${line}</text>`);
  return markup`<g class="key"><rect class="pending lane" x="14" y="${keyTop + 4}" width="22" height="8"/><text x="42" y="${keyTop + 12}">pending</text>
<rect class="firing lane" x="110" y="${keyTop + 1}" width="22" height="14"/><text x="138" y="${keyTop + 12}">firing</text>
<line class="limit" x1="190" x2="212" y1="${keyTop + 8}" y2="${keyTop + 8}"/><text x="218" y="${keyTop + 12}">threshold</text>
${clocks}</g>`;
}
