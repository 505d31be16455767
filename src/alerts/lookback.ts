import type { SyntaxNode } from '@lezer/common';

import { asBinary, childrenOf, nodesOf } from './expr-tree.ts';
import { parseSpanMs } from './expr-values.ts';

/**
 * How far back an expression looks, ms: ranges, subqueries and offsets added up along each branch. Undefined if one of
 * them is computed.
 */
export function lookbackOf(tree: SyntaxNode, expr: string): number | undefined {
  const offsets = offsetsOf(tree, expr);
  const look = (node: SyntaxNode): number => {
    const inner = Math.max(0, ...childrenOf(node).map(look));
    const own = node.name === 'MatrixSelector' || node.name === 'SubqueryExpr' ? (rangeOf(node, expr) ?? NaN) : 0;
    return inner + own + (offsets.get(keyOf(node)) ?? 0);
  };
  const ms = look(tree);
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Milliseconds of `[5m]` or `[1h:1m]`. Undefined if they are computed. */
export function rangeOf(node: SyntaxNode, expr: string): number | undefined {
  const range = childrenOf(node).find(({ name }) => name === 'DurationExpr');
  return range && parseSpanMs(expr.slice(range.from, range.to));
}

/** The offset of each selector or subquery that has one, ms; NaN if it is computed. The key is `keyOf` of the node. */
export function offsetsOf(tree: SyntaxNode, expr: string): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  for (const node of nodesOf(tree)) {
    if (node.name !== 'OffsetExpr') continue;
    const target = targetOf(node);
    const offset = childrenOf(node).find(({ name }) => name === 'OffsetDurationExpr');
    if (target && offset) offsets.set(keyOf(target), parseSpanMs(expr.slice(offset.from, offset.to)) ?? NaN);
  }
  return offsets;
}

/** `offset` and `@` bind to the last operand, although the grammar puts them above the whole operation. */
function targetOf(node: SyntaxNode): SyntaxNode | undefined {
  if (['VectorSelector', 'MatrixSelector', 'SubqueryExpr'].includes(node.name)) return node;
  const next = asBinary(node)?.right ?? (node.name === 'UnaryExpr' ? node.lastChild : node.firstChild);
  return next ? targetOf(next) : undefined;
}

/** A node's address in its tree: a selector and the operation that begins with it start at the same place. */
export function keyOf({ name, from }: SyntaxNode): string {
  return `${name} ${from}`;
}
