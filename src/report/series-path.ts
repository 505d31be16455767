import type { PicturePoint } from '../alerts/alert-picture.ts';
import type { Scale } from './picture-scale.ts';

/** Path data of a line through the points. It breaks where there is no value, and draws a lone value as a dot. */
export function seriesPath(points: readonly PicturePoint[], x: Scale, y: Scale): string {
  let path = '';
  let drawing = false;
  for (const { s, value } of thinOut(points, x)) {
    if (value !== undefined) path += `${drawing ? 'L' : 'M'}${round(x(s))} ${round(y(value))}${drawing ? '' : 'h0'}`;
    drawing = value !== undefined;
  }
  return path;
}

/** At most four points a pixel: the first, the last, the lowest and the highest. The line looks the same. */
function thinOut(points: readonly PicturePoint[], x: Scale): readonly PicturePoint[] {
  const columns = Map.groupBy(points, ({ s }) => Math.floor(x(s)));
  return [...columns.values()].flatMap((column) => {
    if (column.length <= 4) return column;
    const values = column.flatMap(({ value }) => value ?? []);
    const [lowest, highest] = [Math.min(...values), Math.max(...values)];
    const kept = new Set([
      ...[column[0], column.at(-1)],
      ...[lowest, highest].map((extreme) => column.find(({ value }) => value === extreme)),
    ]);
    return column.filter((point) => kept.has(point));
  });
}

export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
