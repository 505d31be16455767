import { locateInExpr } from '../runbook/map-scalar.ts';
import type { RecordingRule, RuleProblem } from '../runbook/runbook.ts';
import { syntaxProblems } from './expr-tree.ts';

/** The first error of the syntax in each expression. Promtool finds those of the types. */
export function checkExprs(rules: readonly RecordingRule[]): readonly RuleProblem[] {
  return rules.flatMap((rule) => {
    const [problem] = syntaxProblems(rule.expr);
    if (!problem) return [];
    const message = `the PromQL of ${rule.name} cannot be read: ${problem.message}`;
    return [{ message, next: 'correct the expression', location: locateInExpr(rule, problem.from) }];
  });
}
