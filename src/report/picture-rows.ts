import { clipBands, clipPoints, marksOf, type AlertPicture } from '../alerts/alert-picture.ts';

/** One line of the table behind a picture: from this instant on, until the next line. */
export interface PictureRow {
  /** Sandbox ms since 1970. */
  readonly s: number;
  /** Undefined if the expression has none. */
  readonly value: number | undefined;
  readonly alert: 'inactive' | 'pending' | 'firing';
  /** What happens at this instant. */
  readonly event: string;
}

/** A line for each instant at which the value, the alert or the fault changes. */
export function rowsOf(picture: AlertPicture): readonly PictureRow[] {
  const points = clipPoints(picture);
  const bands = clipBands(picture);
  const marks = marksOf(picture);
  const changed = points.filter(({ value }, index) => index === 0 || value !== points[index - 1]?.value);
  const instants = new Set([
    ...[...changed, ...marks].map(({ s }) => s),
    ...bands.flatMap(({ fromS, untilS, toS }) => [fromS, ...(untilS === undefined ? [] : [toS])]),
  ]);
  let next = 0;
  return [...instants]
    .toSorted((a, b) => a - b)
    .map((s) => {
      while ((points[next]?.s ?? Infinity) <= s) next += 1;
      const held = bands.filter((band) => band.fromS <= s && (s < band.toS || band.untilS === undefined));
      return {
        s,
        value: points[next - 1]?.value,
        alert: held.some(({ state }) => state === 'firing') ? 'firing' : (held[0]?.state ?? 'inactive'),
        event: marks.flatMap((mark) => (mark.s === s ? mark.text : [])).join(', '),
      };
    });
}

/**
 * At most about this many lines. Lines at which the alert or the fault changes stay, and the others are thinned evenly.
 */
export function thinRows(rows: readonly PictureRow[], most: number): readonly PictureRow[] {
  if (rows.length <= most) return rows;
  const every = Math.ceil(rows.length / most);
  return rows.filter(
    ({ alert, event }, index) => index % every === 0 || event !== '' || alert !== rows[index - 1]?.alert,
  );
}
