import type { EvaluationOptions } from './ask-promtool.ts';
import { evaluateExpressions } from './evaluate.ts';
import { inspectExpr } from './inspect-expr.ts';
import type { Segment } from './recording.ts';
import type { Promtool } from './run-promtool.ts';
import type { ExpressionResult } from './timeline.ts';

/** Sandbox ms between two steps of an expression without a range. */
const finestMs = 1000;

/** At most so many of them between two steps of an expression with one. */
const coarsest = 5;

/** An expression, and the interval at which its rule is evaluated, sandbox ms. */
export interface TimedExpression {
  readonly expr: string;
  readonly intervalMs: number;
}

/** With the sandbox ms between two steps, which divide the interval of the rule. */
export type SteppedResult = ExpressionResult & { readonly stepMs: number };

/**
 * What expressions return over a whole segment, in steps fine enough for every evaluation phase. An expression without
 * a range is known at every second. One with a range costs more, because it changes all the time: it is known every few
 * seconds, and its rule is judged at those phases alone.
 * @throws what `evaluateExpressions` throws
 */
export async function evaluateChanges(
  promtool: Promtool,
  segment: Segment,
  expressions: readonly TimedExpression[],
  options: EvaluationOptions = {},
): Promise<readonly (SteppedResult | { readonly problem: string })[]> {
  const answers = new Map<TimedExpression, SteppedResult | { readonly problem: string }>();
  for (const [stepMs, group] of Map.groupBy(expressions, stepOf)) {
    const exprs = group.map(({ expr }) => expr);
    const results = await evaluateExpressions(promtool, segment, exprs, { intervalMs: stepMs, phaseMs: 0 }, options);
    for (const [index, result] of results.entries()) {
      const expression = group[index];
      if (expression) answers.set(expression, 'problem' in result ? result : { ...result, stepMs });
    }
  }
  return expressions.map((expression) => answers.get(expression) ?? { problem: 'promtool was not asked about it' });
}

function stepOf({ expr, intervalMs }: TimedExpression): number {
  if (inspectExpr(expr).lookbackMs === 0) return finestMs;
  const steps = Array.from({ length: coarsest }, (_, index) => (coarsest - index) * finestMs);
  return steps.find((stepMs) => intervalMs % stepMs === 0) ?? finestMs;
}
