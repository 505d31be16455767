import type { ThresholdMetric } from '../history/events.ts';
import type { AlertRule } from '../runbook/runbook.ts';
import { inspectExpr, type Comparison } from './inspect-expr.ts';
import { readQuantity, rowOf, type Quantity } from './read-quantity.ts';

/** A rule in the words of the thresholds table. */
export type Condition =
  { readonly kind: 'clear'; readonly comparison: Comparison; readonly quantity: Quantity } | Unclear;

interface Unclear {
  readonly kind: 'unclear';
  /** As a clause. */
  readonly reason: string;
  /** Rows that it could be meant for. */
  readonly metrics: readonly ThresholdMetric[];
  /** Comparisons that are a part of its condition. */
  readonly parts: readonly { readonly comparison: Comparison; readonly quantity: Quantity }[];
}

export function readCondition({ expr }: Pick<AlertRule, 'expr'>): Condition {
  const { comparison, conditions, selectors, functions, syntaxProblems } = inspectExpr(expr);
  const metrics = [...new Set(selectors.flatMap((selector) => rowOf(selector) ?? []))];
  const unclear = (reason: string, meant = metrics, parts: Unclear['parts'] = []): Unclear => {
    return { kind: 'unclear', reason, metrics: meant, parts };
  };
  if (syntaxProblems[0]) return unclear('its PromQL cannot be read');
  if (comparison) {
    if (comparison.bool) return unclear('with `bool` it returns a value, and so fires, also where it does not hold');
    const quantity = readQuantity(comparison.left.text);
    return typeof quantity === 'string' ? unclear(quantity) : { kind: 'clear', comparison, quantity };
  }
  const parts = conditions.flatMap((part) => {
    const quantity = readQuantity(part.left.text);
    return typeof quantity === 'string' ? [] : [{ comparison: part, quantity }];
  });
  if (conditions.length > 1) return unclear('several comparisons decide it together', [], parts);
  const isAbsence = functions.some((name) => name.startsWith('absent'));
  return unclear('no comparison with a number decides it', isAbsence ? [] : metrics, parts);
}
