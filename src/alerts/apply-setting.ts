import { InputError } from '../kernel/errors.ts';
import { locateInExpr } from '../runbook/map-scalar.ts';
import type { AlertRule } from '../runbook/runbook.ts';
import { inspectExpr, type Comparison } from './inspect-expr.ts';
import type { Setting } from './sweep-report.ts';
import type { ExpressionResult } from './timeline.ts';

/**
 * The comparison that decides a rule.
 * @throws InputError `SWEEP_NO_THRESHOLD` at the expression if it has none with a number at its top
 */
export function thresholdOf(rule: AlertRule): Comparison {
  const { comparison } = inspectExpr(rule.expr);
  if (!comparison) throw refusal(rule, 0, `the expression of ${rule.name} is no comparison with a number at its top`);
  if (comparison.bool)
    throw refusal(rule, comparison.from, `with \`bool\` the comparison of ${rule.name} always fires`);
  return comparison;
}

function refusal(rule: AlertRule, offset: number, message: string): InputError {
  return new InputError(message, {
    code: 'SWEEP_NO_THRESHOLD',
    location: locateInExpr(rule, offset),
    next: 'a sweep needs a rule such as `sum(jobs) > 5000`; choose one with --rule',
  });
}

/** The same rule with another threshold and `for`, for promtool. */
export function ruleWith(rule: AlertRule, comparison: Comparison, { threshold, forMs }: Setting): AlertRule {
  const { from, to } = comparison.threshold;
  return {
    ...rule,
    expr: `${rule.expr.slice(0, from)}${threshold}${rule.expr.slice(to)}`,
    for: prometheusDuration(forMs),
  };
}

/** `6m30s` */
export function prometheusDuration(ms: number): string {
  const sizes = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const;
  let rest = ms;
  const parts = sizes.map(([unit, size]) => {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    return whole > 0 ? `${whole}${unit}` : '';
  });
  return parts.join('') || '0s';
}

type Samples = ExpressionResult['steps'][number]['samples'];

/** What the whole comparison returns, by what its left side returns. Equal steps stay the same object. */
export function compareWith<Result extends ExpressionResult>(
  result: Result,
  operator: Comparison['operator'],
  threshold: number,
): Result {
  const kept = new Map<Samples, Samples>();
  return {
    ...result,
    steps: result.steps.map(({ s, samples }) => {
      let some = kept.get(samples);
      if (!some) kept.set(samples, (some = samples.filter(({ value }) => holds(value, operator, threshold))));
      return { s, samples: some };
    }),
  };
}

/** As Prometheus compares floats: NaN differs from everything. */
function holds(value: number, operator: Comparison['operator'], threshold: number): boolean {
  if (operator === '>') return value > threshold;
  if (operator === '>=') return value >= threshold;
  if (operator === '<') return value < threshold;
  if (operator === '<=') return value <= threshold;
  return operator === '==' ? value === threshold : value !== threshold;
}
