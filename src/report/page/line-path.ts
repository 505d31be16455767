import type { Scale } from '../picture-scale.ts';
import type { ChartPoint } from './time-panel.ts';

/**
 * Path data of the points, in whole units and relative steps, which are short. A value holds until the next one. The
 * line breaks where there is no value, and draws a lone value as a dot.
 */
export function linePath(points: readonly ChartPoint[], x: Scale, y: Scale): string {
  let path = '';
  let at: readonly [number, number] | undefined;
  for (const { t, value } of points) {
    if (value === undefined) {
      at = undefined;
      continue;
    }
    const next = [Math.round(x(t)), Math.round(y(value))] as const;
    if (!at) path += `M${next[0]} ${next[1]}h0`;
    else path += `${next[0] === at[0] ? '' : `h${next[0] - at[0]}`}${next[1] === at[1] ? '' : `v${next[1] - at[1]}`}`;
    at = next;
  }
  return path;
}
