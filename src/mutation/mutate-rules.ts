import { inspectExpr, type Comparison, type ExpressionFacts } from '../alerts/inspect-expr.ts';
import type { AlertRule } from '../history/events.ts';
import { locateInExpr } from '../runbook/map-scalar.ts';
import { parsePrometheusDuration } from '../runbook/prometheus-duration.ts';

/** An alert rule with one change. */
export interface RuleMutant {
  /** `flip:BullMQQueueBacklog`, with a number at the end if the operator changes the rule in several ways. */
  readonly id: string;
  readonly operator: RuleOperator;
  /** The rule as it is. */
  readonly rule: AlertRule;
  /** Undefined for a dropped rule. */
  readonly mutant: AlertRule | undefined;
  readonly line: number;
  readonly before: string;
  readonly after: string;
  /** A clause: the fault that would tell it from the rule. */
  readonly tellingFault: string;
}

export const ruleOperators = ['flip', 'times-10', 'by-10', 'for-times-3', 'other-state', 'sum-to-max', 'drop'] as const;
export type RuleOperator = (typeof ruleOperators)[number];

/** The values of a label of a metric, in any order. */
export type LabelValues = (metric: string, label: string) => readonly string[];

/** A change of a part of the expression. */
interface Edit {
  readonly operator: RuleOperator;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly tellingFault: string;
}

/** A label with more values than this, such as a queue, is no state. */
const mostStates = 20;

/** Every rule that differs from one of these in one change, in the order of the rules. */
export function mutateRules(rules: readonly AlertRule[], valuesOf: LabelValues): readonly RuleMutant[] {
  const seen = new Map<string, number>();
  return rules.flatMap((rule) =>
    [...mutateRule(rule, valuesOf)].map((mutant) => {
      const id = `${mutant.operator}:${rule.name}`;
      const twins = (seen.get(id) ?? 0) + 1;
      seen.set(id, twins);
      return { id: twins === 1 ? id : `${id}#${twins}`, rule, ...mutant };
    }),
  );
}

function* mutateRule(rule: AlertRule, valuesOf: LabelValues): Generator<Omit<RuleMutant, 'id' | 'rule'>> {
  const { expr } = rule;
  const facts = inspectExpr(expr);
  for (const { operator, from, to, text, tellingFault } of editsOf(expr, facts, valuesOf)) {
    const changed = expr.slice(0, from) + text + expr.slice(to);
    if (changed === expr) continue;
    const { line } = locateInExpr(rule, from);
    yield { operator, mutant: { ...rule, expr: changed }, line, before: expr, after: changed, tellingFault };
  }
  yield* waitLonger(rule);
  const { line } = rule.location;
  const tellingFault = 'one that no other rule catches';
  yield { operator: 'drop', mutant: undefined, line, before: rule.name, after: '', tellingFault };
}

function* editsOf(expr: string, facts: ExpressionFacts, valuesOf: LabelValues): Generator<Edit> {
  for (const comparison of facts.conditions) yield* changeComparison(expr, comparison);
  yield* otherStates(expr, facts, valuesOf);
  for (const { operator, from } of facts.aggregations) {
    if (operator !== 'sum' || isOverNothing(facts, from)) continue;
    const tellingFault = 'one that spreads over several series, so that their sum crosses the threshold and none alone';
    yield { operator: 'sum-to-max', from, to: from + 'sum'.length, text: 'max', tellingFault };
  }
}

/** Counts have a sum above 0 exactly if one of them is above 0, so `max` makes no difference there. */
function isOverNothing({ conditions }: ExpressionFacts, from: number): boolean {
  return conditions.some(
    ({ left, operator, threshold }) => left.from === from && operator === '>' && threshold.value === 0,
  );
}

const opposite: Readonly<Record<string, string>> = {
  '>': '<',
  '<': '>',
  '>=': '<=',
  '<=': '>=',
  '==': '!=',
  '!=': '==',
};

function* changeComparison(expr: string, { left, threshold }: Comparison): Generator<Edit> {
  const between =
    left.to <= threshold.from ? { from: left.to, to: threshold.from } : { from: threshold.to, to: left.from };
  const sign = /[<>]=?|[=!]=/.exec(expr.slice(between.from, between.to));
  if (sign) {
    const from = between.from + sign.index;
    const text = opposite[sign[0]] ?? sign[0];
    yield { operator: 'flip', from, to: from + sign[0].length, text, tellingFault: 'any fault that it should catch' };
  }
  const { from, to, value } = threshold;
  const [more, less] = [value * 10, value / 10];
  const onlyBetween = (a: number, b: number): string => `one that brings \`${left.text}\` between ${a} and ${b} only`;
  yield { operator: 'times-10', from, to, text: String(more), tellingFault: onlyBetween(value, more) };
  yield { operator: 'by-10', from, to, text: String(less), tellingFault: onlyBetween(less, value) };
}

/** Another value that the same label has, in place of a state or a list of states. */
function* otherStates(expr: string, { selectors }: ExpressionFacts, valuesOf: LabelValues): Generator<Edit> {
  for (const { metric, matchers } of selectors) {
    for (const { label, operator, value, from, to } of matchers) {
      if (metric === undefined || operator.startsWith('!') || label === 'job' || label === 'instance') continue;
      const values = [...new Set(valuesOf(metric, label))].toSorted();
      const own = value.split('|');
      const other = values.find((one) => !own.includes(one));
      if (other === undefined || values.length > mostStates) continue;
      const written = expr.slice(from, to);
      const text = written.slice(0, written.search(/["'`]/)) + JSON.stringify(other);
      yield { operator: 'other-state', from, to, text, tellingFault: `one that changes ${label} ${value} alone` };
    }
  }
}

function* waitLonger(rule: AlertRule): Generator<Omit<RuleMutant, 'id' | 'rule'>> {
  const ms = rule.for === undefined ? undefined : parsePrometheusDuration(rule.for);
  if (rule.for === undefined || !ms) return;
  const longer = sayDuration(3 * ms);
  const { line } = rule.fields['for'] ?? rule.location;
  yield {
    operator: 'for-times-3',
    mutant: { ...rule, for: longer },
    line,
    before: `for: ${rule.for}`,
    after: `for: ${longer}`,
    tellingFault: `one that lasts between ${rule.for} and ${longer}`,
  };
}

function sayDuration(ms: number): string {
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const;
  const [unit, size] = units.find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}
