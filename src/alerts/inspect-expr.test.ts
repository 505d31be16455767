import { describe, expect, test } from 'vitest';

import { inspectExpr } from './inspect-expr.ts';
import { keepsLabel } from './keeps-label.ts';

const minute = 60_000;

describe('a comparison at the top', () => {
  test.each<readonly [expr: string, left: string, operator: string, value: number, number: string]>([
    ['a > 5', 'a', '>', 5, '5'],
    ['5 < a', 'a', '>', 5, '5'],
    ['(50 >= (sum(a)))', '(sum(a))', '<=', 50, '50'],
    ['sum(a) >= bool 1e3', 'sum(a)', '>=', 1000, '1e3'],
    ['a > -1', 'a', '>', -1, '-1'],
    ['a > -(5)', 'a', '>', -5, '-(5)'],
    ['a > 5 * 60', 'a', '>', 300, '5 * 60'],
    ['a == 1h', 'a', '==', 3600, '1h'],
    ['5 < a offset 5m', 'a offset 5m', '>', 5, '5'],
    ['a > 1_000 # many', 'a', '>', 1000, '1_000'],
    ['a + on() b < 2', 'a + on() b', '<', 2, '2'],
  ])('%s', (expr, left, operator, value, number) => {
    const { comparison } = inspectExpr(expr);
    expect(comparison).toMatchObject({ left: { text: left }, operator, threshold: { value } });
    expect(expr.slice(comparison?.threshold.from, comparison?.threshold.to)).toBe(number);
    expect(expr.slice(comparison?.left.from, comparison?.left.to)).toBe(left);
  });

  test.each(['a', 'a > b', '1 > 2', 'a > 5 and b < 3', 'max_over_time((a > 5)[5m:])', 'absent(a)', '', 'a >'])(
    'is not there in %s',
    (expr) => {
      expect(inspectExpr(expr).comparison).toBeUndefined();
    },
  );

  test('is one of several conditions', () => {
    expect(inspectExpr('a > 5 and (b < 3 or c == 0)').conditions.map(({ left }) => left.text)).toEqual(['a', 'b', 'c']);
  });

  test('knows `bool`', () => {
    expect(inspectExpr('a > bool 5').comparison?.bool).toBe(true);
    expect(inspectExpr('a > 5').comparison?.bool).toBe(false);
  });
});

describe('how far back it looks', () => {
  test.each<readonly [string, number | undefined]>([
    ['a', 0],
    ['rate(a[5m])', 5 * minute],
    ['rate(a[5m] offset 1h)', 65 * minute],
    ['rate(a[300]) + b offset 10m', 10 * minute],
    ['max_over_time(rate(a[5m])[1h:1m] offset 1d)', (24 * 60 + 65) * minute],
    ['a offset -5m', 0],
    ['rate(a[5m]) > 5 and rate(b[1h30m]) > 0', 90 * minute],
    ['rate(a[5m * 2])', undefined],
    ['5 < a offset 5m', 5 * minute],
  ])('%s', (expr, ms) => {
    expect(inspectExpr(expr).lookbackMs).toBe(ms);
  });
});

test('reads every selector, with its matchers and what is around it', () => {
  const expr =
    'sum by (queue) (increase(a_total{queue="x", state=~"a|b", z!="\\"", w!~`c.`}[1h] offset 5m)) / {__name__="b"}';
  const [first, second] = inspectExpr(expr).selectors;
  expect(first).toMatchObject({
    metric: 'a_total',
    rangeMs: 60 * minute,
    offsetMs: 5 * minute,
    within: ['increase', 'sum'],
    matchers: [
      { label: 'queue', operator: '=', value: 'x' },
      { label: 'state', operator: '=~', value: 'a|b' },
      { label: 'z', operator: '!=', value: '"' },
      { label: 'w', operator: '!~', value: 'c.' },
    ],
  });
  expect(second).toMatchObject({ metric: 'b', matchers: [], rangeMs: undefined, within: [] });
  expect(inspectExpr('{"my.metric", "a.b"="c"}').selectors).toMatchObject([
    { metric: 'my.metric', matchers: [{ label: 'a.b', value: 'c' }] },
  ]);
});

test('names functions, counters and the wall clock', () => {
  const facts = inspectExpr('rate(a[5m]) > 1 unless (hour() > 6 and on() absent(b @ 10))');
  expect(facts).toMatchObject({ functions: ['rate', 'hour', 'absent'], overCounters: true });
  expect(facts.timeDependent.map(({ what }) => what)).toEqual(['hour()', '@']);
  expect(inspectExpr('day_of_week() + timestamp(a) + time() > 1').timeDependent).toHaveLength(3);
  expect(inspectExpr('avg_over_time(a[5m]) > 1')).toMatchObject({ overCounters: false, timeDependent: [] });
});

describe('keeps the label queue', () => {
  test.each<readonly [string, boolean]>([
    ['a', true],
    ['sum(a)', false],
    ['sum by (queue) (a)', true],
    ['sum(a) by (job)', false],
    ['sum without (instance) (a)', true],
    ['sum without (queue) (a)', false],
    ['max_over_time(a[5m])', true],
    ['topk(3, a)', true],
    ['topk(3, sum(a))', false],
    ['sum by (queue) (sum(a))', false],
    ['a > 5', true],
    ['5 < sum(a)', false],
    ['a unless on() sum(b)', true],
    ['sum(a) and b', false],
    ['sum(a) or b', true],
    ['a unless b', true],
    ['a / on() sum(b)', false],
    ['a / on(queue) b', true],
    ['a / on(job) group_left b', true],
    ['a / ignoring(queue) b', false],
    ['absent(a)', false],
    ['scalar(a) > 5', false],
    ['(a) offset 5m', true],
  ])('%s', (expr, kept) => {
    expect(keepsLabel(expr, 'queue')).toBe(kept);
  });
});

describe('finds wrong syntax', () => {
  test.each<readonly [expr: string, at: number, says: RegExp]>([
    ['sum(a > ', 8, /ends too early/],
    ['foo bar', 4, /`bar` cannot stand here/],
    ['rate(a[5 m])', 9, /`m`/],
    ['a{b=}', 4, /missing/],
    ['fooz(x)', 0, /`fooz` is no function/],
    ['1 > fooz(5)', 4, /`fooz` is no function/],
    ['$x > 5', 0, /`\$`/],
    ['', 0, /too early/],
  ])('%s', (expr, at, says) => {
    const [problem] = inspectExpr(expr).syntaxProblems;
    expect(problem?.from).toBe(at);
    expect(problem?.message).toMatch(says);
  });
});
