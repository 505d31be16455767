import type { SyntaxNode } from '@lezer/common';

import { asBinary, childrenOf, nodesOf, parseExpr, unwrap } from './expr-tree.ts';

const choose = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);
const withoutLabels = new Set(['absent', 'absent_over_time', 'scalar', 'vector', 'time', 'pi']);

/**
 * Whether the results of an expression still have a label that its series have. A fleet-wide `sum` drops `queue`, so
 * its alert cannot name the queue.
 */
export function keepsLabel(expr: string, label: string): boolean {
  const keeps = (wrapped: SyntaxNode): boolean => {
    const node = unwrap(wrapped);
    switch (node.name) {
      case 'VectorSelector':
        return true;
      case 'AggregateExpr':
        return aggregationKeeps(node, expr, label) && childrenOf(node).some(keeps);
      case 'FunctionCall':
        return !withoutLabels.has(headOf(node, expr)) && childrenOf(node).some(keeps);
      case 'BinaryExpr':
        return operationKeeps(node, expr, label, keeps);
      default:
        return childrenOf(node).some(keeps);
    }
  };
  return keeps(parseExpr(expr));
}

function aggregationKeeps(node: SyntaxNode, expr: string, label: string): boolean {
  if (choose.has(headOf(node, expr))) return true;
  const modifier = childrenOf(node).find(({ name }) => name === 'AggregateModifier');
  if (!modifier) return false;
  return namesLabel(modifier, expr, label) === (childrenOf(modifier)[0]?.name === 'By');
}

function operationKeeps(node: SyntaxNode, expr: string, label: string, keeps: (node: SyntaxNode) => boolean): boolean {
  const binary = asBinary(node);
  if (!binary) return false;
  const [left, right] = [keeps(binary.left), keeps(binary.right)];
  if (binary.operator === 'and' || binary.operator === 'unless') return left;
  if (binary.operator === 'or') return left || right;
  const { matching } = binary;
  if (!matching) return left || right;
  const words = childrenOf(matching).map(({ name }) => name);
  if (words.includes('GroupLeft')) return left;
  if (words.includes('GroupRight')) return right;
  const labels = childrenOf(matching).find(({ name }) => name === 'GroupingLabels');
  const named = labels !== undefined && namesLabel(labels, expr, label);
  return named === words.includes('On') && (left || right);
}

function namesLabel(node: SyntaxNode, expr: string, label: string): boolean {
  return [...nodesOf(node)].some(({ name, from, to }) => name === 'LabelName' && expr.slice(from, to) === label);
}

function headOf(node: SyntaxNode, expr: string): string {
  return expr.slice(node.from, node.firstChild?.to).toLowerCase();
}
