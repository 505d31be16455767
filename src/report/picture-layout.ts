import { clipPoints, type AlertPicture } from '../alerts/alert-picture.ts';
import { thresholdText } from './describe-picture.ts';
import { linearScale, valueRange, type Scale } from './picture-scale.ts';

/** Where the parts of a picture stand, in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly laneTop: number;
  readonly clocksTop: number;
  readonly keyTop: number;
  /** Sandbox ms since 1970 to pixels. */
  readonly x: Scale;
  readonly y: Scale;
  readonly values: readonly [number, number];
}

export const laneHeight = 18;
export const clockHeight = 24;

export function layOut(picture: AlertPicture, width: number, headingHeight: number): Layout {
  const { startS, endS, threshold } = picture;
  const label = threshold ? thresholdText(threshold) : '';
  const [left, right, top] = [76, width - Math.max(66, textWidth(label) + 12), headingHeight + 36];
  const bottom = top + 170;
  const laneTop = bottom + 6;
  const clocksTop = laneTop + laneHeight + 4;
  const keyTop = clocksTop + 2 * clockHeight + 8;
  const shown = clipPoints(picture).flatMap(({ value }) => value ?? []);
  const values = valueRange([...shown, ...(Number.isFinite(threshold?.value) ? [threshold?.value ?? 0] : [])]);
  return {
    width,
    height: keyTop + (width < 400 ? 56 : 40),
    ...{ left, right, top, bottom, laneTop, clocksTop, keyTop, values },
    x: linearScale([startS, endS], [left, right]),
    y: linearScale(values, [bottom, top]),
  };
}

/** About how wide a text of this size is. Wide fonts need this much. */
export function textWidth(text: string, size = 11): number {
  return text.length * size * 0.62;
}
