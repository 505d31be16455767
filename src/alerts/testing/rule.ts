import type { AlertRule } from '../../runbook/runbook.ts';

/** An alert rule `Jobs` of no file, with these fields. */
export function ruleOf(expr: string, fields: Partial<AlertRule> = {}): AlertRule {
  return {
    name: 'Jobs',
    expr,
    for: undefined,
    keepFiringFor: undefined,
    labels: {},
    annotations: {},
    group: undefined,
    location: { file: 'rules.yml', line: 1 },
    fields: {},
    exprMap: [],
    ...fields,
  };
}
