import type { SyntaxNode } from '@lezer/common';

import { childrenOf, nodesOf, type Span } from './expr-tree.ts';
import { unquote } from './expr-values.ts';
import { keyOf, offsetsOf, rangeOf } from './lookback.ts';

/** One use of a metric: `bullmq_job_count{state="waiting"}[5m] offset 1m`. */
export interface Selector extends Span {
  /** Undefined if only a pattern or other labels choose the metric. */
  readonly metric: string | undefined;
  /** Position of the metric's name. */
  readonly name: Span;
  readonly matchers: readonly LabelMatcher[];
  /** Undefined for an instant, or for a range that is computed. */
  readonly rangeMs: number | undefined;
  readonly offsetMs: number;
  /** Names of the functions and aggregations around it, the nearest first. */
  readonly within: readonly string[];
}

export interface LabelMatcher extends Span {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export function readSelectors(tree: SyntaxNode, expr: string): readonly Selector[] {
  const offsets = offsetsOf(tree, expr);
  return [...nodesOf(tree)]
    .filter(({ name }) => name === 'VectorSelector')
    .map((node) => {
      const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : undefined;
      const matchers = [...nodesOf(node)].flatMap((child) => readMatcher(child, expr));
      const named = matchers.find(({ label, operator }) => label === '__name__' && operator === '=');
      const identifier = childrenOf(node).find(({ name }) => name === 'Identifier' || name === 'MetricName');
      const quoted = quotedName(node);
      const name = identifier ?? quoted ?? named ?? node;
      return {
        metric: identifier
          ? expr.slice(identifier.from, identifier.to)
          : quoted
            ? unquote(expr.slice(quoted.from, quoted.to))
            : named?.value,
        name: { from: name.from, to: name.to },
        matchers: matchers.filter((matcher) => matcher !== named),
        rangeMs: matrix && rangeOf(matrix, expr),
        offsetMs: offsets.get(keyOf(matrix ?? node)) ?? 0,
        within: namesAround(node, expr),
        from: node.from,
        to: matrix?.to ?? node.to,
      };
    });
}

/** `{"my.metric"}` */
function quotedName(node: SyntaxNode): SyntaxNode | undefined {
  const matchers = childrenOf(node).find(({ name }) => name === 'LabelMatchers');
  return matchers && childrenOf(matchers).find(({ name }) => name === 'QuotedLabelName');
}

function readMatcher(node: SyntaxNode, expr: string): readonly LabelMatcher[] {
  if (node.name !== 'UnquotedLabelMatcher' && node.name !== 'QuotedLabelMatcher') return [];
  const [label, sign, value] = childrenOf(node).map(({ from, to }) => expr.slice(from, to));
  if (label === undefined || value === undefined || !isMatchOperator(sign)) return [];
  const plain = node.name === 'QuotedLabelMatcher' ? unquote(label) : label;
  return [{ label: plain, operator: sign, value: unquote(value), from: node.from, to: node.to }];
}

function isMatchOperator(text: string | undefined): text is LabelMatcher['operator'] {
  return text === '=' || text === '!=' || text === '=~' || text === '!~';
}

function namesAround(node: SyntaxNode, expr: string): readonly string[] {
  const names: string[] = [];
  for (let around = node.parent; around; around = around.parent)
    if (around.name === 'FunctionCall' || around.name === 'AggregateExpr')
      names.push(expr.slice(around.from, around.firstChild?.to).toLowerCase());
  return names;
}
