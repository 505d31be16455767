import { array, double, sample, string, tuple } from 'fast-check';
import { expect, test } from 'vitest';

import { evaluateAlerts, evaluateExpressions, type AlertOutcome } from './evaluate.ts';
import type { Point, RecordedSeries } from './recording.ts';
import type { TimedRule } from './run-rules.ts';
import { requirePromtool } from './testing/promtool.ts';
import { segmentOf, seriesOf } from './testing/segment.ts';
import { timelinesText } from './testing/timelines-text.ts';

const promtool = requirePromtool();
const everyMinute = { intervalMs: 60_000, phaseMs: 0 };
const everySecond = { intervalMs: 1000, phaseMs: 0 };

function ruleOf(expr: string, fields: Partial<TimedRule> = {}): TimedRule {
  return { name: 'High', expr, for: undefined, keepFiringFor: undefined, labels: {}, ...fields };
}

/** The timelines, or the problem. */
function textOf(outcome: AlertOutcome | undefined): readonly string[] | string {
  if (!outcome) throw new Error('there is no outcome');
  return 'problem' in outcome ? outcome.problem : timelinesText(outcome.alerts);
}

/** A series with one value, every second. */
function constant(name: string, seconds: number, labels: RecordedSeries['labels'] = {}, value = 9): RecordedSeries {
  return seriesOf(
    name,
    Array.from({ length: seconds + 1 }, (_, second) => [second, value]),
    labels,
  );
}

async function valuesOf(segment: Parameters<typeof evaluateExpressions>[1], expr: string, grid = everySecond) {
  const [result] = await evaluateExpressions(promtool, segment, [expr], grid);
  if (!result || 'problem' in result) throw new Error(result?.problem);
  return result.steps.map(({ s, samples }) => [s, ...samples.map(({ value }) => value)]);
}

test('an alert fires after the scrape, the evaluation and its `for`, whatever the phases', async () => {
  const scrapes = Array.from({ length: 40 }, (_, index) => 5 + 15 * index);
  const step = seriesOf(
    'm',
    scrapes.map((second) => [second, second >= 100 ? 10 : 0]),
  );
  const [outcome] = await evaluateAlerts(promtool, segmentOf(600, [step]), [ruleOf('m > 3', { for: '5m' })], {
    intervalMs: 60_000,
    phaseMs: 20_000,
  });
  expect(textOf(outcome)).toEqual(['{}: pending 140-440, firing 440-']);
});

test('the last evaluation sees the sample of its own instant', async () => {
  const segment = segmentOf(3, [
    seriesOf('m', [
      [0, 0],
      [3, 7],
    ]),
  ]);
  expect(await valuesOf(segment, 'm')).toEqual([
    [0, 0],
    [1000, 0],
    [2000, 0],
    [3000, 7],
  ]);
});

test('an evaluation never sees a sample of the next instant', async () => {
  const points: Point[] = [0, 2001, 2999, 3001].map((s, index) => ({ s, value: index }));
  const segment = segmentOf(4, [{ ...seriesOf('m', []), points }]);
  expect(await valuesOf(segment, 'm')).toEqual([
    [0, 0],
    [1000, 0],
    [2000, 0],
    [3000, 2],
    [4000, 3],
  ]);
  expect(await valuesOf(segment, 'm', { intervalMs: 500, phaseMs: 250 })).toEqual([
    [250, 0],
    [750, 0],
    [1250, 0],
    [1750, 0],
    [2250, 1],
    [2750, 1],
    [3250, 3],
    [3750, 3],
  ]);
});

test('a rule is not evaluated before the segment starts', async () => {
  const rules = ['absent(m)', 'vector(1)', '1', '(2 > bool 1) * scalar(vector(1)) # yes', '-pi()'].map((expr) =>
    ruleOf(expr, { for: '2m' }),
  );
  const outcomes = await evaluateAlerts(promtool, segmentOf(240, []), rules, { intervalMs: 60_000, phaseMs: 1000 });
  for (const outcome of outcomes) expect(textOf(outcome)).toEqual(['{}: pending 1-121, firing 121-']);
});

test('a segment need not start at 0, and a stale marker in it counts', async () => {
  const segment = {
    ...segmentOf(0, []),
    startS: 500,
    endS: 3500,
    series: [
      { ...seriesOf('m', []), points: [500, 1500].map((s) => ({ s, value: s === 500 ? 9 : ('stale' as const) })) },
    ],
  };
  const [outcome] = await evaluateAlerts(promtool, segment, [ruleOf('m > 5')], everySecond);
  expect(textOf(outcome)).toEqual(['{}: firing 0.5-1.5']);
});

test('rules with the same name keep apart', async () => {
  const rules = [ruleOf('m > 5', { labels: { severity: 'a' } }), ruleOf('m > 10'), ruleOf('m > 5', { for: '1s' })];
  const outcomes = await evaluateAlerts(promtool, segmentOf(2, [constant('m', 2)]), rules, everySecond);
  expect(outcomes.map(({ rule }) => rule)).toEqual(rules);
  expect(outcomes.map(textOf)).toEqual([['{"severity":"a"}: firing 0-'], [], ['{}: pending 0-1, firing 1-']]);
});

test('a pattern of names that no alert has may stand behind another label', async () => {
  const series = [constant('m', 1, { job: 'x' })];
  const rules = [ruleOf('count({job="x", __name__=~"m|n"}) > 0')];
  const [outcome] = await evaluateAlerts(promtool, segmentOf(1, series), rules, everySecond);
  expect(textOf(outcome)).toEqual(['{}: firing 0-']);
});

test('a template that fails makes an alert all the same', async () => {
  const [outcome] = await evaluateAlerts(
    promtool,
    segmentOf(1, [constant('m', 1)]),
    [ruleOf('m > 5', { labels: { broken: '{{ index $labels 3 }}' } })],
    everySecond,
  );
  expect(textOf(outcome)).toEqual([expect.stringContaining('<error expanding template')]);
});

const unanswerable: Readonly<Record<string, readonly [expr: string, fields: Partial<TimedRule>, problem: RegExp]>> = {
  'malformed PromQL': ['m >', {}, /parse error|cannot be read/],
  'PromQL that only parentheses would repair': ['m > 5) or (m', {}, /parse error|cannot be read/],
  'a wrong type': ['m > "a"', {}, /parse error/],
  'a malformed template': ['m > 5', { labels: { a: '{{ $value' } }, /template/],
  'a malformed duration': ['m > 5', { for: '1x' }, /duration/],
  'a forbidden label': ['m > 5', { labels: { __name__: 'x' } }, /label/],
  'two alerts with the same labels': ['{__name__=~"m|n"} > 5', {}, /same labelset/],
  'labels that the rule makes the same': ['two > 5', { labels: { q: 'all' } }, /same labelset/],
  'an expression that fails late': ['m * on() late > 5', {}, /many-to-many|duplicate series/],
  'the clock': ['m > 5 and on() hour() < 3', {}, /time of day for hour\(\)/],
  'the time of a sample': ['timestamp(m) > 5', {}, /time of day for timestamp\(\)/],
  'the start of a counter': ['start_timestamp(m) > 5', {}, /time of day for start_timestamp\(\)/],
  'a fixed instant': ['m @ 5 > 5', {}, /time of day for @/],
  'the future of a subquery': ['max_over_time(m[5m:1m] offset -1m) > 5', {}, /future/],
  'the future': ['m offset -1m > 5', {}, /future/],
  'other alerts': ['count(ALERTS) > 5', {}, /alerts of other rules/],
  'alerts behind another label': ['count({job="x", __name__=~"A.*"}) > 5', {}, /alerts of other rules/],
  'series without a name': ['count({job="x"}) > 5', {}, /alerts of other rules/],
  'the label of the state': ['m > 5', { labels: { alertstate: 'x' } }, /alertstate/],
  'a query in a label': ['m > 5', { labels: { a: '{{ query "up" | first | value }}' } }, /asks a query/],
};

test.for([everySecond, { intervalMs: 1000, phaseMs: 500 }])(
  'a rule that the engine cannot evaluate takes no answer of the others, at %o',
  async (grid) => {
    const late = seriesOf('late', [[3, 1]], { q: 'a' });
    const later = seriesOf('late', [[3, 1]], { q: 'b' });
    const series = [
      ...['m', 'n'].map((name) => constant(name, 14)),
      ...['a', 'b'].map((q) => constant('two', 14, { q })),
      late,
      later,
    ];
    const rules = Object.values(unanswerable).flatMap(([expr, fields]) => [ruleOf(expr, fields), ruleOf('m > 5')]);
    const outcomes = await evaluateAlerts(promtool, segmentOf(14, series), rules, grid);
    for (const [index, [what, [, , problem]]] of Object.entries(unanswerable).entries()) {
      expect(textOf(outcomes[2 * index]), what).toMatch(problem);
      expect(textOf(outcomes[2 * index + 1]), what).toEqual([`{}: firing ${grid.phaseMs / 1000}-`]);
    }
  },
);

test('more samples than the engine may read are a problem, not silence', async () => {
  const segment = segmentOf(10_100, [constant('m', 10_100)]);
  const grid = { intervalMs: 10_100_000, phaseMs: 0 };
  const expr = 'count_over_time(m[3h]) > 5';
  const outcomes = await evaluateAlerts(promtool, segment, [ruleOf(expr), ruleOf('m > 5')], grid);
  expect(outcomes.map(textOf)).toEqual([expect.stringContaining('too many samples'), ['{}: firing 0-']]);
  const results = await evaluateExpressions(promtool, segment, [expr, 'm'], grid);
  expect(results).toEqual([
    { problem: expect.stringContaining('too many samples') as string },
    { steps: expect.any(Array) as unknown },
  ]);
});

test('an expression that the engine cannot evaluate takes no answer of the others', async () => {
  const exprs = ['m', 'm >', 'm[5m]', 'max_over_time(m[5m:1m])', 'time()', 'm + 1'];
  const results = await evaluateExpressions(promtool, segmentOf(1, [constant('m', 1)]), exprs, everySecond);
  expect(results.map((result) => ('problem' in result ? result.problem : result.steps.length))).toEqual([
    2,
    expect.stringContaining('parse error'),
    expect.stringContaining('not a vector'),
    expect.stringContaining('subquery'),
    expect.stringContaining('time of day'),
    2,
  ]);
});

test('a segment without an evaluation is a problem, not silence', async () => {
  const segment = segmentOf(10, [constant('m', 10)]);
  const grid = { intervalMs: 60_000, phaseMs: 30_000 };
  expect(textOf((await evaluateAlerts(promtool, segment, [ruleOf('m > 5')], grid))[0])).toMatch(/ends before/);
  expect(await evaluateExpressions(promtool, segment, ['m'], grid)).toEqual([
    { problem: expect.stringContaining('ends before') as string },
  ]);
});

test('no rules and no expressions need no promtool', async () => {
  const none = { path: '/nowhere/promtool', version: '3' };
  expect(await evaluateAlerts(none, segmentOf(60, []), [], everyMinute)).toEqual([]);
  expect(await evaluateExpressions(none, segmentOf(60, []), [], everyMinute)).toEqual([]);
});

test('a grid whose evaluations do not lie on milliseconds is refused', async () => {
  for (const grid of [
    { intervalMs: 0, phaseMs: 0 },
    { intervalMs: 0.5, phaseMs: 0 },
    { intervalMs: 1000, phaseMs: 1000 },
    { intervalMs: 1000, phaseMs: -1 },
  ])
    await expect(evaluateAlerts(promtool, segmentOf(60, []), [], grid)).rejects.toThrow(RangeError);
});

test('label values and numbers come back unchanged', async () => {
  const hostile = [
    'a "quoted" {b="c"} value',
    '\\',
    '\\n',
    '\n',
    '\r\n',
    '\u2028\u0085\u0000\u007f',
    '# no',
    '😀',
    'é,',
    '5x3',
  ];
  const texts = sample(tuple(array(string({ unit: 'binary', minLength: 1, maxLength: 8 }), { maxLength: 2 })), 100);
  const numbers = [...sample(double(), 100), NaN, Infinity, -Infinity, -0, 5e-324, 1.7976931348623157e308, 1e21];
  const labels = [...hostile.map((text) => [text]), ...texts.map(([list]) => list)].map((list, number) => ({
    number: String(number),
    ...Object.fromEntries(list.map((text, index) => [`l${index}`, text.toWellFormed()])),
  }));
  const series = labels.map((each, index) => seriesOf('m', [[0, numbers[index] ?? index]], each));
  const [result] = await evaluateExpressions(promtool, segmentOf(0, series), ['m'], everySecond);
  if (!result || 'problem' in result) throw new Error(result?.problem);
  const found = result.steps[0]?.samples.toSorted(
    (one, other) => Number(one.labels['number']) - Number(other.labels['number']),
  );
  expect(found).toEqual(
    labels.map((each, index) => ({ labels: { __name__: 'm', ...each }, value: numbers[index] ?? index })),
  );
});

test('a series whose metric or label has an unusual name is read', async ({ skip }) => {
  // Prometheus 2 knows no such names.
  if (promtool.version.startsWith('2.')) skip();
  const segment = segmentOf(0, [seriesOf('bullmq.job.count', [[0, 4]], { 'queue.name': 'mail' })]);
  expect(await valuesOf(segment, '{"bullmq.job.count", "queue.name"="mail"}')).toEqual([[0, 4]]);
});

test('runs of equal values, gaps and stale markers are read as they were recorded', async () => {
  const points = sample(
    array(tuple(double({ noDefaultInfinity: true }), string()), { minLength: 200, maxLength: 200 }),
    1,
  ).flatMap((list) =>
    list.map(([number, text], second): Point & { readonly second: number } => {
      const values = ['stale', NaN, Infinity, 5, 5, 5, 5, 5, -2, number] as const;
      return { second, s: second * 1000, value: values[text.length % values.length] ?? 0 };
    }),
  );
  const kept = points.filter(({ second }) => second % 7 !== 3 && second % 50 < 40);
  const segment = segmentOf(199, [{ ...seriesOf('m', []), points: kept }]);
  let last: Point['value'] = 'stale';
  const expected = points.map(({ s, second }) => {
    last = kept.find((point) => point.second === second)?.value ?? last;
    return last === 'stale' ? [s] : [s, last];
  });
  expect(await valuesOf(segment, 'm')).toEqual(expected);
});
