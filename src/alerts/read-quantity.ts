/**
 * What the left side of a rule's comparison measures, in the words of the thresholds table: which metric, in which
 * unit, over which queues.
 */
import type { SyntaxNode } from '@lezer/common';

import type { ThresholdMetric } from '../history/events.ts';
import { asBinary, nodesOf, parseExpr, unwrap } from './expr-tree.ts';
import { parseNumber } from './expr-values.ts';
import { inspectExpr, type Aggregation } from './inspect-expr.ts';
import { wordsOf } from './nearest-name.ts';
import type { LabelMatcher, Selector } from './read-selectors.ts';

export interface Quantity {
  readonly metric: ThresholdMetric;
  /** The states of jobs that it counts; undefined if the metric's name alone says it. */
  readonly states: readonly string[] | undefined;
  readonly unit: Unit;
  readonly scope: Scope;
}

/** A stock is the number of jobs there are. Growth is the number that came within a time. */
export type Unit =
  | { readonly kind: 'stock' }
  /** `perHour` turns a value of the left side into jobs per hour. */
  | { readonly kind: 'growth'; readonly perHour: number; readonly text: string };

/** The fleet as a whole, or a part of it, in words that follow "it looks at". */
export type Scope = { readonly kind: 'fleet' } | { readonly kind: 'part'; readonly text: string };

/** States of BullMQ jobs, and the row that they belong to. */
const rows: Readonly<Record<string, ThresholdMetric>> = {
  waiting: 'waiting',
  wait: 'waiting',
  prioritized: 'waiting',
  paused: 'waiting',
  active: 'active',
  delayed: 'delayed',
  failed: 'failed',
};
const otherStates = ['completed', 'waiting-children'];

const words: readonly (readonly [ThresholdMetric, RegExp])[] = [
  ['failed', /^(?:failed|failures?|fail)$/],
  ['delayed', /^delayed$/],
  ['active', /^active$/],
  ['rate', /^(?:completed|processed|throughput)$/],
  ['waiting', /^(?:waiting|wait|backlog|prioritized|paused)$/],
];

/** The row that a selector speaks of: by the states that it chooses, or by the name of its metric. */
export function rowOf({ metric, matchers }: Selector): ThresholdMetric | undefined {
  const states = statesOf(matchers);
  if (states) {
    const spoken = new Set(states.map((state) => (Object.hasOwn(rows, state) ? rows[state] : undefined)));
    return spoken.size === 1 ? [...spoken][0] : undefined;
  }
  const parts = wordsOf(metric ?? '');
  return words.find(([, pattern]) => parts.some((part) => pattern.test(part)))?.[0];
}

/** The states that the matchers of `state` or `status` let through; undefined if there are none. */
function statesOf(matchers: readonly LabelMatcher[]): readonly string[] | undefined {
  const own = matchers.filter(({ label }) => label === 'state' || label === 'status');
  if (own.length === 0) return undefined;
  return [...Object.keys(rows), ...otherStates].filter((state) => own.every((matcher) => passes(matcher, state)));
}

function passes({ operator, value }: LabelMatcher, state: string): boolean {
  if (operator === '=' || operator === '!=') return (value === state) === (operator === '=');
  try {
    return new RegExp(`^(?:${value})$`, 'su').test(state) === (operator === '=~');
  } catch {
    return false;
  }
}

/**
 * @param left text of the side without the number
 * @returns why it cannot be understood, as a clause, or the quantity
 */
export function readQuantity(left: string): Quantity | string {
  const { selectors, aggregations, functions } = inspectExpr(left);
  const spoken = new Set(selectors.map(rowOf));
  const [metric] = spoken;
  if (selectors.length === 0) return 'it reads no metric';
  if (spoken.size > 1) return 'it puts several metrics together';
  if (metric === undefined) return 'its metric is none of the table';
  const unit = unitOf(left, selectors, functions);
  if (typeof unit === 'string') return unit;
  const scope =
    same(selectors.map((selector) => scopeOf(selector, aggregations))) ?? 'its parts look at different queues';
  if (typeof scope === 'string') return scope;
  const states = selectors.map(({ matchers }) => statesOf(matchers));
  const known = states.filter((one) => one !== undefined);
  return { metric, states: known.length < states.length ? undefined : [...new Set(known.flat())], unit, scope };
}

const keepsUnit = new Set([
  'avg_over_time',
  'max_over_time',
  'min_over_time',
  'last_over_time',
  'ceil',
  'floor',
  'round',
]);
const grows = new Set(['rate', 'irate', 'increase']);

function unitOf(left: string, selectors: readonly Selector[], functions: readonly string[]): Unit | string {
  const strange = functions.find((name) => !keepsUnit.has(name) && !grows.has(name));
  if (strange !== undefined) return `\`${strange}\` changes what the number means`;
  const factor = factorOf(parseExpr(left), left);
  if (factor === undefined) return 'it calculates with several operands';
  return same(selectors.map((selector) => growthOf(selector, factor))) ?? 'its parts have several units';
}

function growthOf({ within, rangeMs, matchers }: Selector, factor: number): Unit | string {
  const [growth, second] = within.filter((name) => grows.has(name));
  if (growth === undefined) return factor === 1 ? { kind: 'stock' } : 'it multiplies a number of jobs';
  if (second !== undefined) return 'it takes the growth of a growth';
  if (statesOf(matchers)) return `\`${growth}\` needs a counter, and a number of jobs by state can fall`;
  if (growth !== 'increase') return { kind: 'growth', perHour: 3600 / factor, text: 'a second' };
  if (rangeMs === undefined || !(rangeMs > 0)) return 'its range is computed';
  return { kind: 'growth', perHour: 3_600_000 / rangeMs / factor, text: `in ${rangeMs / 60_000} min` };
}

/** By what the left side multiplies its metric: 60 for `x * 60`, 1 for a sum. Undefined for other calculations. */
function factorOf(wrapped: SyntaxNode, expr: string): number | undefined {
  const node = unwrap(wrapped);
  const binary = asBinary(node);
  if (!binary) return [...nodesOf(node)].some(({ name }) => name === 'BinaryExpr') ? undefined : 1;
  const { left, right, operator } = binary;
  if (operator === '+') return same([factorOf(left, expr), factorOf(right, expr)]);
  const [first, second] = [numberIn(left, expr), numberIn(right, expr)];
  const number = second ?? first;
  const inner = factorOf(second === undefined ? right : left, expr);
  if (number === undefined || inner === undefined) return undefined;
  if (operator === '*') return inner * number;
  return operator === '/' && second !== undefined ? inner / number : undefined;
}

function numberIn(wrapped: SyntaxNode, expr: string): number | undefined {
  const node = unwrap(wrapped);
  return node.name === 'NumberDurationLiteral' ? parseNumber(expr.slice(node.from, node.to)) : undefined;
}

/** Labels of the target that is scraped, which divide no fleet. */
const ofTarget = new Set(['job', 'instance']);

function scopeOf({ from, to, matchers }: Selector, aggregations: readonly Aggregation[]): Scope | string {
  const limit = matchers.find(({ label }) => !isState(label) && !ofTarget.has(label));
  if (limit) return { kind: 'part', text: `only the queues with \`${limit.label}${limit.operator}"${limit.value}"\`` };
  const [around, second] = aggregations.filter((outer) => outer.from <= from && to <= outer.to);
  if (!around) return { kind: 'part', text: 'each queue alone' };
  if (second) return 'it aggregates twice';
  if (around.operator === 'max') return { kind: 'part', text: 'the largest queue alone' };
  if (around.operator !== 'sum') return `\`${around.operator}\` is no sum over the fleet`;
  const labels = around.labels.map(({ name }) => name);
  if (around.grouping === 'without')
    return labels.includes('queue') ? { kind: 'fleet' } : { kind: 'part', text: 'each queue alone' };
  const dividing = labels.filter((name) => !ofTarget.has(name) && !isState(name));
  return dividing.length === 0 ? { kind: 'fleet' } : { kind: 'part', text: `each ${dividing.join(', ')} alone` };
}

function isState(label: string): boolean {
  return label === 'state' || label === 'status';
}

/** The value that all have; undefined if they differ. */
function same<T>(values: readonly T[]): T | undefined {
  const [first] = values;
  return values.every((value) => JSON.stringify(value) === JSON.stringify(first)) ? first : undefined;
}
