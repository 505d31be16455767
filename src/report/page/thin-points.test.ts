import { expect, test } from 'vitest';

import { Clocks } from './clocks.ts';
import { fairShare, thinPanels } from './thin-points.ts';
import type { ChartPoint, TimePanel } from './time-panel.ts';

const clocks = new Clocks([
  { t: 0, s: 0 },
  { t: 1, s: 10 },
]);

function panelWith(...series: readonly (readonly ChartPoint[])[]): TimePanel {
  const lines = series.map((points) => ({ name: 'a', line: 'solid', points }) as const);
  const charts = [{ name: 'A', note: '', series: lines, limits: [] }];
  const rest = {
    id: 'p',
    title: '',
    note: undefined,
    clocks,
    marks: [],
    lanes: [],
    terminal: undefined,
    compared: undefined,
  };
  return { ...rest, from: 0, to: 1_000_000, charts };
}

function thinned(...series: readonly (readonly ChartPoint[])[]): readonly (readonly ChartPoint[])[] {
  return thinPanels([panelWith(...series)]).flatMap(({ charts }) =>
    charts.flatMap((chart) => chart.series.map(({ points }) => points)),
  );
}

test('of equal values the first and the last stay', () => {
  const values = [1, 1, 1, 1, 5, undefined, undefined, undefined, 5, 5];
  const [points] = thinned(values.map((value, t) => ({ t, value })));
  expect(points?.map(({ t }) => t)).toEqual([0, 3, 4, 5, 7, 8, 9]);
});

test('a line with too many points keeps its ends, its peaks and its gaps', () => {
  const noise = Array.from({ length: 300_000 }, (_, t) => ({ t: t * 3, value: t % 7 }));
  const peaked = noise.with(12_345, { t: 37_035, value: 900 }).with(200_001, { t: 600_003, value: -900 });
  const [points = []] = thinned(peaked);
  expect(points.length).toBeLessThan(120_000);
  expect(points.length).toBeGreaterThan(50_000);
  expect([points[0], points.at(-1)]).toEqual([peaked[0], peaked.at(-1)]);
  expect(points.map(({ value }) => value)).toEqual(expect.arrayContaining([900, -900]));
});

test('small parts leave their rest to the large ones', () => {
  expect(fairShare([10, 10, 100, 100], 120)).toBe(50);
  expect(fairShare([10, 10], 120)).toBe(Infinity);
  expect(fairShare([], 120)).toBe(Infinity);
});
