import { array, constantFrom, integer, sample, tuple } from 'fast-check';
import { expect, test } from 'vitest';

import { evaluationsAfterChanges } from './ask-changes.ts';
import { readExpression } from './engine-limits.ts';
import { evaluateExpressions } from './evaluate.ts';
import type { Point } from './recording.ts';
import { evaluationsOf } from './render-rule-test.ts';
import { requirePromtool } from './testing/promtool.ts';
import { segmentOf, seriesOf } from './testing/segment.ts';

/** Pauses around the lookback of five minutes, and values that come and go. */
const points = array(
  tuple(constantFrom(999, 15_000, 15_000, 60_001, 299_000, 300_000, 300_001, 420_000), constantFrom(1, 5, 9, 'stale')),
  { minLength: 8, maxLength: 12 },
).map((list) => {
  let s = 0;
  return list.map(([pause, value]): Point => ({ s: (s += pause), value: value as Point['value'] }));
});

const grids = tuple(constantFrom(1500, 7000, 20_000), integer({ min: 0, max: 499 }), constantFrom(1, 0)).map(
  ([intervalMs, phaseMs, times]) => ({ intervalMs, phaseMs: phaseMs * times }),
);

test('evaluations that are not asked about return what promtool would return', async () => {
  const promtool = requirePromtool();
  for (const [list, other, grid] of sample(tuple(points, points, grids), 4)) {
    const segment = segmentOf(1300, [
      { ...seriesOf('m', [], { q: 'a' }), points: list },
      { ...seriesOf('m', [], { q: 'b' }), points: other },
    ]);
    const exprs = ['m', 'm > 3', 'sum(m)', 'absent(m{q="a"})', 'm == on() group_left m{q="a"}'];
    // With a range, promtool is asked about every evaluation.
    const texts = exprs.flatMap((expr) => [expr, `${expr} or last_over_time(nothing[1m])`]);
    const results = await evaluateExpressions(promtool, segment, texts, grid);
    for (let index = 0; index < texts.length; index += 2)
      expect(results[index], texts[index]).toEqual(results[index + 1]);
  }
});

test('promtool is asked only after changes of the series that the expression reads', () => {
  const segment = segmentOf(60, [seriesOf('m', [[15, 1], [30, 1]]), seriesOf('n', [[20, 1]])]); // prettier-ignore
  const grid = { intervalMs: 1000, phaseMs: 0 };
  const asked = (expr: string) =>
    evaluationsAfterChanges(
      segment,
      evaluationsOf(segment, grid),
      grid,
      readExpression(expr),
      ({ name }) => name === 'm',
    );
  expect(asked('m > 3')).toEqual([0, 15, 30]);
  for (const expr of ['rate(m[5m])', 'm offset 5m', 'sum(max_over_time(m[5m:1m]))'])
    expect(asked(expr), expr).toHaveLength(61);
});
