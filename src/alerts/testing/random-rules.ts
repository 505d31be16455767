import { array, constantFrom, integer, nat, oneof, record, tuple, type Arbitrary } from 'fast-check';

import type { TimedRule } from '../run-rules.ts';
import type { Point, RecordedSeries, Segment } from '../recording.ts';
import type { EvaluationGrid } from '../timeline.ts';
import { segmentOf } from './segment.ts';

/** A rule with its durations in sandbox seconds as well. */
export interface RandomRule extends TimedRule {
  readonly forSeconds: number;
  readonly keepSeconds: number;
}

export interface RandomCase {
  readonly segment: Segment;
  readonly grid: EvaluationGrid;
  readonly rules: readonly RandomRule[];
}

/** All phases and intervals are multiples of this many seconds. */
export const phaseStep = 5;

const endSecond = 300;
const metrics = ['m0', 'm1', 'm2', 'c0', 'c1'] as const;

/** What one scrape brings. A stale marker comes with a scrape that has no sample. */
type Scraped = 'same' | 'gap' | 'stale' | 'NaN' | 'Inf' | number;

const scraped: Arbitrary<Scraped> = oneof(
  { weight: 10, arbitrary: constantFrom<Scraped>('same') },
  { weight: 4, arbitrary: nat(9) },
  { weight: 2, arbitrary: constantFrom<Scraped>('gap') },
  { weight: 1, arbitrary: constantFrom<Scraped>('stale', 'NaN', 'Inf') },
);

function seriesArbitrary(name: string, q: string): Arbitrary<RecordedSeries> {
  return record({
    every: constantFrom(3, 5, 7, 10, 15),
    jitterMs: constantFrom(0, 0, 1, 400, 999),
    scrapes: array(scraped, { minLength: 101, maxLength: 101 }),
  }).map(({ every, jitterMs, scrapes }) => {
    let level = 0;
    const points: Point[] = [];
    for (const [index, what] of scrapes.entries()) {
      const s = index * every * 1000 + jitterMs;
      // A counter grows, and a 0 resets it.
      if (typeof what === 'number') level = name.startsWith('c') && what > 0 ? level + what : what;
      if (s > endSecond * 1000) break;
      if (what === 'gap') continue;
      points.push({ s, value: what === 'stale' ? what : what === 'NaN' ? NaN : what === 'Inf' ? Infinity : level });
    }
    return { name, labels: { q }, kind: 'gauge', points };
  });
}

const exprs: Arbitrary<string> = tuple(
  constantFrom(...metrics),
  constantFrom(...metrics),
  nat(8),
  constantFrom('>', '>=', '<', '==', '!='),
  constantFrom('7s', '30s', '1m', '2m'),
  nat(12),
).map(([one, other, threshold, operator, window, form]) => {
  const forms = [
    `${one} ${operator} ${threshold}`,
    `${one} ${operator} ${threshold} # why\n`,
    `sum by (q) (${one}) ${operator} ${threshold}`,
    `sum(${one}) ${operator} ${threshold}`,
    `rate(${one}[${window}]) > 0.${threshold}`,
    `increase(${one}[${window}]) ${operator} ${threshold}`,
    `resets(${one}[${window}]) > 0`,
    `max_over_time(${one}[${window}]) ${operator} ${threshold}`,
    `count_over_time(${one}[${window}]) < 3`,
    `absent(${one}{q="a"})`,
    `${one} ${operator} on (q) group_left ${other}`,
    `${one} unless on (q) (${other} > ${threshold})`,
    `scalar(sum(${one})) > bool ${threshold}`,
  ];
  return forms[form] ?? '';
});

/** `for` and `keep_firing_for`: every second multiple of the interval, every second not. */
function durations(intervalSeconds: number, most: number): Arbitrary<number> {
  return oneof(
    integer({ min: 0, max: most }).map((times) => times * intervalSeconds),
    nat(most * intervalSeconds),
  );
}

const addedLabels = constantFrom<TimedRule['labels']>(
  {},
  { severity: 'critical' },
  { queue: '{{ $labels.q }}-{{$labels.none}}' },
);

/** The timings of one expression. The test asks for the values of an expression once. */
const rulesOf = (intervalSeconds: number): Arbitrary<readonly RandomRule[]> => {
  const timing = record({
    name: constantFrom('One', 'Other'),
    forSeconds: durations(intervalSeconds, 6),
    keepSeconds: oneof(constantFrom(0), durations(intervalSeconds, 4)),
    labels: addedLabels,
  });
  return tuple(exprs, array(timing, { minLength: 2, maxLength: 2 })).map(([expr, timings]) =>
    timings.map((rule) => ({
      ...rule,
      expr,
      for: rule.forSeconds === 0 ? undefined : `${rule.forSeconds}s`,
      keepFiringFor: rule.keepSeconds === 0 ? undefined : `${rule.keepSeconds}s`,
    })),
  );
};

export const randomCases: Arbitrary<RandomCase> = tuple(constantFrom(10, 15, 25), nat(4)).chain(
  ([intervalSeconds, phase]) =>
    record({
      segment: tuple(...metrics.flatMap((name) => ['a', 'b'].map((q) => seriesArbitrary(name, q)))).map((series) =>
        segmentOf(endSecond, series),
      ),
      grid: constantFrom({
        intervalMs: intervalSeconds * 1000,
        phaseMs: ((phase * phaseStep) % intervalSeconds) * 1000,
      }),
      rules: array(rulesOf(intervalSeconds), { minLength: 25, maxLength: 25 }).map((rules) => rules.flat()),
    }),
);
