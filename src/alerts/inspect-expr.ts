import type { SyntaxNode } from '@lezer/common';

import {
  asBinary,
  childrenOf,
  comparisons,
  nodesOf,
  parseExpr,
  syntaxProblems,
  unwrap,
  type Span,
  type SyntaxProblem,
} from './expr-tree.ts';
import { parseNumber } from './expr-values.ts';
import { lookbackOf } from './lookback.ts';
import { readSelectors, type Selector } from './read-selectors.ts';

/** What the text of a PromQL expression shows. All positions are offsets into the expression. */
export interface ExpressionFacts {
  /** In the order of the text. If there are any, the other facts may lack something. */
  readonly syntaxProblems: readonly SyntaxProblem[];
  /** Every use of a metric, in the order of the text. */
  readonly selectors: readonly Selector[];
  /** Names of functions, each once. */
  readonly functions: readonly string[];
  readonly aggregations: readonly Aggregation[];
  /** What makes the result depend on the wall clock: `time()`, `hour()`, `timestamp(…)`, `@`. */
  readonly timeDependent: readonly (Span & { readonly what: string })[];
  /**
   * How far back the expression looks, ms: ranges, subqueries and offsets. The 5 minutes in which Prometheus still
   * finds a last sample come on top. Undefined if a range is computed.
   */
  readonly lookbackMs: number | undefined;
  /** It has a subquery, such as `[5m:1m]`. */
  readonly subquery: boolean;
  /** An offset of it is negative, or may be. */
  readonly readsFuture: boolean;
  /** Its value is a number without labels, such as `time()`. */
  readonly scalar: boolean;
  /** It takes the growth of a counter. */
  readonly overCounters: boolean;
  /** The comparison with a number that decides the whole expression. Undefined if there is none at the top. */
  readonly comparison: Comparison | undefined;
  /** Every comparison with a number, the inner ones too, in the order of the text. */
  readonly conditions: readonly Comparison[];
}

export interface Aggregation extends Span {
  readonly operator: string;
  readonly grouping: 'by' | 'without' | undefined;
  readonly labels: readonly (Span & { readonly name: string })[];
}

/** As if the number stood on the right: `5 < x` is `x > 5`. */
export interface Comparison extends Span {
  /** The side without the number, as written. */
  readonly left: Span & { readonly text: string };
  readonly operator: (typeof comparisons)[keyof typeof comparisons];
  readonly threshold: Span & { readonly value: number };
  /** It returns 0 instead of nothing where it does not hold, so an alert on it always fires. */
  readonly bool: boolean;
}

const ofTime = new Set(['time', 'timestamp', 'start_timestamp', 'minute', 'hour', 'month', 'year', 'days_in_month']);
const scalarFunctions = new Set(['scalar', 'time', 'pi']);
const ofCounters = new Set(['increase', 'rate', 'irate', 'resets']);
const mirrored = { '>': '<', '>=': '<=', '<': '>', '<=': '>=', '==': '==', '!=': '!=' } as const;

export function inspectExpr(expr: string): ExpressionFacts {
  const tree = parseExpr(expr);
  const nodes = [...nodesOf(tree)];
  const textOf = (node: Span): string => expr.slice(node.from, node.to);
  const calls = nodes.filter(({ name }) => name === 'FunctionIdentifier');
  const functions = [...new Set(calls.map(textOf))];
  return {
    syntaxProblems: syntaxProblems(expr),
    selectors: readSelectors(tree, expr),
    functions,
    aggregations: nodes.filter(({ name }) => name === 'AggregateExpr').map((node) => readAggregation(node, expr)),
    timeDependent: nodes.flatMap((node) => timeDependence(node, textOf(node))),
    lookbackMs: lookbackOf(tree, expr),
    subquery: nodes.some(({ name }) => name === 'SubqueryExpr'),
    readsFuture: nodes.some((node) => node.name === 'OffsetDurationExpr' && textOf(node).includes('-')),
    scalar: isScalar(tree, expr),
    overCounters: functions.some((name) => ofCounters.has(name)),
    comparison: readComparison(unwrap(tree), expr),
    conditions: nodes.flatMap((node) => readComparison(node, expr) ?? []),
  };
}

function readAggregation(node: SyntaxNode, expr: string): Aggregation {
  const modifier = childrenOf(node).find(({ name }) => name === 'AggregateModifier');
  const labels = modifier ? [...nodesOf(modifier)].filter(({ name }) => name === 'LabelName') : [];
  const word = modifier && childrenOf(modifier)[0]?.name;
  return {
    operator: expr.slice(node.from, node.firstChild?.to).toLowerCase(),
    grouping: word === 'By' ? 'by' : word === 'Without' ? 'without' : undefined,
    labels: labels.map(({ from, to }) => ({ name: expr.slice(from, to), from, to })),
    from: node.from,
    to: node.to,
  };
}

function timeDependence({ name, from, to }: SyntaxNode, text: string): readonly (Span & { readonly what: string })[] {
  if (name === 'At') return [{ what: '@', from, to }];
  if (name !== 'FunctionIdentifier') return [];
  return ofTime.has(text) || /^day_of_|^ts_of_/.test(text) ? [{ what: `${text}()`, from, to }] : [];
}

function readComparison(node: SyntaxNode, expr: string): Comparison | undefined {
  const binary = asBinary(node);
  const operator = Object.values(comparisons).find((sign) => sign === binary?.operator);
  if (!binary || !operator) return undefined;
  const [left, right] = [numberOf(binary.left, expr), numberOf(binary.right, expr)];
  if ((left === undefined) === (right === undefined)) return undefined;
  const [side, number] = left === undefined ? [binary.left, binary.right] : [binary.right, binary.left];
  const to = side === binary.right ? endOf(node) : side.to;
  return {
    left: { text: expr.slice(side.from, to), from: side.from, to },
    operator: left === undefined ? operator : mirrored[operator],
    threshold: { value: left ?? right ?? NaN, from: number.from, to: number.to },
    bool: binary.bool,
    from: node.from,
    to: endOf(node),
  };
}

/** Its end, with the `offset` or `@` of its last operand. See `unwrap`. */
function endOf(node: SyntaxNode): number {
  const { parent } = node;
  const above = parent && ['OffsetExpr', 'StepInvariantExpr'].includes(parent.name) ? parent : undefined;
  return above ? endOf(above) : node.to;
}

/** PromQL has types: an operator returns a number if both of its sides are numbers. */
function isScalar(wrapped: SyntaxNode, expr: string): boolean {
  const node = unwrap(wrapped);
  const binary = asBinary(node);
  if (binary) return isScalar(binary.left, expr) && isScalar(binary.right, expr);
  const [first, last] = [childrenOf(node)[0], childrenOf(node).at(-1)];
  if (node.name === 'UnaryExpr') return last !== undefined && isScalar(last, expr);
  if (node.name === 'FunctionCall') return scalarFunctions.has(expr.slice(first?.from, first?.to));
  return node.name === 'NumberDurationLiteral';
}

/** The value of an expression of numbers alone. */
function numberOf(wrapped: SyntaxNode, expr: string): number | undefined {
  const node = unwrap(wrapped);
  const text = expr.slice(node.from, node.to);
  if (node.name === 'NumberDurationLiteral') return parseNumber(text);
  if (node.name === 'UnaryExpr') {
    const operand = node.lastChild && numberOf(node.lastChild, expr);
    return operand === undefined || operand === null ? undefined : text.startsWith('-') ? -operand : operand;
  }
  const binary = asBinary(node);
  const left = binary && numberOf(binary.left, expr);
  const right = binary && numberOf(binary.right, expr);
  return left === undefined || right === undefined ? undefined : calculate(binary?.operator, left, right);
}

function calculate(operator: string | undefined, left: number, right: number): number | undefined {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  if (operator === '/') return left / right;
  if (operator === '^') return left ** right;
  return undefined;
}
