import { styleText } from 'node:util';

import { oneLine } from '../kernel/plain-text.ts';
import { clipBands, clipPoints, marksOf, type AlertPicture } from '../alerts/alert-picture.ts';
import { thresholdText } from './describe-picture.ts';
import { linearScale, numberText, valueRange } from './picture-scale.ts';

const bars = '▁▂▃▄▅▆▇█';

/** Explains the second line of a sparkline; printed once. */
export const sparklineKey = '░ pending  █ firing  ! fault  ✓ recovered';

/**
 * A picture in one or two lines of at most `width` columns, at least 10. The first line has the highest value of each
 * stretch of time, then the peak and the threshold. A stretch without a value is blank. The second line has the
 * alert, the fault and the recovery, if there is any of them.
 */
export function renderSparkline(
  picture: AlertPicture,
  width: number,
  { color = false }: { readonly color?: boolean } = {},
): string {
  const note = noteOf(picture);
  const columns = Math.max(8, width - note.length - 2);
  const values = `${drawValues(picture, columns)}  ${note}`;
  return [values.slice(0, width), drawBands(picture, columns, color)].filter((line) => line !== '').join('\n');
}

function noteOf(picture: AlertPicture): string {
  const values = clipPoints(picture).flatMap(({ value }) => value ?? []);
  const peak = values.length === 0 ? 'no value' : `peak ${numberText(highest(values))}`;
  return oneLine(picture.threshold ? `${peak}, ${thresholdText(picture.threshold)}` : peak, 40);
}

function highest(values: readonly number[]): number {
  return values.reduce((top, value) => Math.max(top, value), -Infinity);
}

function columnOf({ startS, endS }: AlertPicture, columns: number): (s: number) => number {
  const place = linearScale([startS, endS], [0, columns]);
  return (s) => Math.min(columns - 1, Math.floor(place(s)));
}

function drawValues(picture: AlertPicture, columns: number): string {
  const column = columnOf(picture, columns);
  const points = clipPoints(picture).flatMap(({ s, value }) => (value === undefined ? [] : [{ s, value }]));
  const level = linearScale(valueRange(points.map(({ value }) => value)), [0, bars.length]);
  const held = holdOver(picture, column);
  return Array.from({ length: columns }, (_, index) => {
    const values = held.get(index);
    if (!values) return ' ';
    return bars[Math.min(bars.length - 1, Math.floor(level(highest(values))))] ?? ' ';
  }).join('');
}

/** The values of each column. A value holds until the next point, so points wider apart than a column leave no hole. */
function holdOver(picture: AlertPicture, column: (s: number) => number): ReadonlyMap<number, readonly number[]> {
  const points = clipPoints(picture);
  const held = new Map<number, number[]>();
  for (const [index, { s, value }] of points.entries()) {
    if (value === undefined) continue;
    const following = points[index + 1];
    const last = following ? Math.max(column(s), column(following.s) - 1) : column(s);
    for (let at = column(s); at <= last; at += 1) held.set(at, [...(held.get(at) ?? []), value]);
  }
  return held;
}

function drawBands(picture: AlertPicture, columns: number, color: boolean): string {
  const column = columnOf(picture, columns);
  const signs = Array.from({ length: columns }, () => ' ');
  const paint = (style: 'yellow' | 'red' | 'bold', text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  // A firing alert must not vanish behind a pending one of the same column.
  for (const state of ['pending', 'firing'] as const) {
    const sign = state === 'firing' ? paint('red', '█') : paint('yellow', '░');
    for (const { fromS, toS } of clipBands(picture).filter((band) => band.state === state))
      signs.fill(sign, column(fromS), Math.max(column(fromS) + 1, Math.min(columns, column(toS))));
  }
  for (const { kind, s } of marksOf(picture)) signs[column(s)] = paint('bold', kind === 'fault' ? '!' : '✓');
  return signs.join('').trimEnd();
}
