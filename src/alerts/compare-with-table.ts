/**
 * Compares the alert thresholds of the runbook's table with its alert rules: number, unit, direction, states, scope.
 * The table speaks of the fleet as a whole, as the claim `over-threshold` does. What is not understood is never an
 * agreement: it is listed with the reason.
 */
import type { Range, ThresholdMetric, ThresholdRow } from '../history/events.ts';
import type { Location } from '../kernel/errors.ts';
import { locateInExpr } from '../runbook/map-scalar.ts';
import type { AlertRule } from '../runbook/runbook.ts';
import type { Comparison } from './inspect-expr.ts';
import { inspectExpr } from './inspect-expr.ts';
import { keepsLabel } from './keeps-label.ts';
import { readCondition, type Condition } from './read-condition.ts';
import { rowOf, type Quantity } from './read-quantity.ts';

export interface TableComparison {
  readonly differences: readonly TableDifference[];
  readonly agreements: readonly { readonly metric: ThresholdMetric; readonly rule: string; readonly row: Location }[];
  /** Rules and rows about which nothing can be said. */
  readonly notCompared: readonly Remark[];
  /** What is no disagreement, but worth to know: rules without a row, second rules, queues that a sum hides. */
  readonly notes: readonly Remark[];
}

export interface TableDifference {
  readonly kind: 'unit' | 'number' | 'direction' | 'scope' | 'states' | 'no rule';
  readonly metric: ThresholdMetric;
  /** One sentence without its end. */
  readonly message: string;
  readonly row: Location;
  /** Undefined for a row without a rule. */
  readonly rule: { readonly name: string; readonly location: Location } | undefined;
}

export interface Remark {
  /** Name of the rule; undefined if the remark is about a row. */
  readonly rule: string | undefined;
  readonly message: string;
  readonly location: Location;
}

interface ReadRule {
  readonly rule: AlertRule;
  readonly condition: Condition;
}

type Clear = Pick<Extract<Condition, { kind: 'clear' }>, 'comparison' | 'quantity'>;

/** The states that a row counts, and how the exporter calls them. */
const statesOfRow: Readonly<Record<ThresholdMetric, readonly string[]>> = {
  waiting: ['waiting', 'prioritized', 'paused'],
  active: ['active'],
  delayed: ['delayed'],
  failed: ['failed'],
  rate: [],
};

const nothing: TableComparison = { differences: [], agreements: [], notCompared: [], notes: [] };

/** A runbook without any rule has them elsewhere, so its rows are no findings. */
export function compareWithTable(rows: readonly ThresholdRow[], rules: readonly AlertRule[]): TableComparison {
  const [firstRow] = rows;
  if (rules.length === 0 && firstRow) {
    const message = 'the thresholds table is not compared: there are no alert rules';
    return { ...nothing, notCompared: [{ rule: undefined, message, location: firstRow.location }] };
  }
  const read = rules.map((rule) => ({ rule, condition: readCondition(rule) }));
  const compared = rows.map((row) => compareRow(row, read));
  return {
    differences: compared.flatMap(({ differences }) => differences),
    agreements: compared.flatMap(({ agreements }) => agreements),
    notCompared: [...read.flatMap(remarkUnclear), ...compared.flatMap(({ notCompared }) => notCompared)],
    notes: [
      ...read.flatMap((one) => remarkWithoutRow(one, rows)),
      ...compared.flatMap(({ notes }) => notes),
      ...hiddenQueues(read),
    ],
  };
}

function remarkUnclear({ rule, condition }: ReadRule): readonly Remark[] {
  if (condition.kind === 'clear' || isElsewhere(condition)) return [];
  return [remark(rule, `the rule ${rule.name} is not compared with the table: ${condition.reason}`)];
}

function remarkWithoutRow({ rule, condition }: ReadRule, rows: readonly ThresholdRow[]): readonly Remark[] {
  const without =
    condition.kind === 'clear'
      ? !rows.some(({ metric }) => metric === condition.quantity.metric)
      : isElsewhere(condition);
  return without ? [remark(rule, `the rule ${rule.name} has no row in the thresholds table`)] : [];
}

/** It speaks of nothing that a table can have. */
function isElsewhere(condition: Condition): boolean {
  return condition.kind === 'unclear' && condition.metrics.length === 0 && condition.parts.length === 0;
}

function compareRow(row: ThresholdRow, rules: readonly ReadRule[]): TableComparison {
  const { metric, location } = row;
  const bound = boundOf(row.alert);
  if (!bound) {
    const message = `the row ${metric} is not compared: \`${row.alert.text}\` is no single comparison`;
    return { ...nothing, notCompared: [{ rule: undefined, message, location }] };
  }
  const about = rules.flatMap(({ rule, condition }) =>
    condition.kind === 'clear' && condition.quantity.metric === metric
      ? [{ rule, differences: differencesOf(row, bound, rule, condition) }]
      : [],
  );
  const agreeing = about.filter(({ differences }) => differences.length === 0);
  if (agreeing.length > 0) {
    const others = about.filter(({ differences }) => differences.length > 0);
    return {
      ...nothing,
      agreements: agreeing.map(({ rule }) => ({ metric, rule: rule.name, row: location })),
      notes: others.map(({ rule }) =>
        remark(rule, `the rule ${rule.name} also looks at ${metric}, in another way than the table`),
      ),
    };
  }
  if (about.length > 0) return { ...nothing, differences: about.flatMap(({ differences }) => differences) };
  const unclear = rules.find(({ rule, condition }) => couldMean(row, bound, rule, condition));
  if (unclear) {
    const message = `the row ${metric} is not compared: only the rule ${unclear.rule.name} could be meant for it`;
    return { ...nothing, notCompared: [{ rule: undefined, message, location }] };
  }
  const message = `the table alerts at \`${row.alert.text}\` for ${metric}, and no rule does`;
  return { ...nothing, differences: [{ kind: 'no rule', metric, message, row: location, rule: undefined }] };
}

/** An unclear rule could be meant for a row if it contains the row's comparison, or if nothing can be said about it. */
function couldMean(row: ThresholdRow, bound: RowBound, rule: AlertRule, condition: Condition): boolean {
  if (condition.kind === 'clear') return false;
  const { metrics, parts } = condition;
  return (
    metrics.includes(row.metric) ||
    parts.some((part) => part.quantity.metric === row.metric && differencesOf(row, bound, rule, part).length === 0)
  );
}

interface RowBound {
  readonly direction: '>' | '<';
  readonly value: number;
  readonly inclusive: boolean;
}

function boundOf({ min, max }: Range): RowBound | undefined {
  if (min && !max) return { direction: '>', ...min };
  return max && !min ? { direction: '<', ...max } : undefined;
}

function differencesOf(
  row: ThresholdRow,
  bound: RowBound,
  rule: AlertRule,
  { comparison, quantity }: Clear,
): readonly TableDifference[] {
  const { metric } = row;
  const found: TableDifference[] = [];
  const differ = (kind: TableDifference['kind'], at: number, what: string): void => {
    const message = `${metric}: the table alerts at \`${row.alert.text}\`, but the rule ${rule.name} ${what}`;
    found.push({
      kind,
      metric,
      message,
      row: row.location,
      rule: { name: rule.name, location: locateInExpr(rule, at) },
    });
  };
  const { operator, threshold, left } = comparison;
  const written = `\`${operator} ${rule.expr.slice(threshold.from, threshold.to)}\``;
  const unit = isPerTime(metric) ? 'growth' : 'stock';
  if (quantity.unit.kind !== unit) differ('unit', threshold.from, `alerts at ${written} ${describeUnit(quantity)}`);
  else if (!sameNumber(metric, bound, comparison, quantity))
    differ('number', threshold.from, `alerts at ${written} ${describeUnit(quantity)}`);
  if (!operator.startsWith(bound.direction))
    differ('direction', threshold.from, `alerts at ${written}, which is another direction`);
  else if (operator.endsWith('=') !== bound.inclusive)
    differ('direction', threshold.from, `alerts at ${written}: only one of them includes the number itself`);
  const missing = statesOfRow[metric].filter((state) => quantity.states && !quantity.states.includes(state));
  if (missing.length > 0) differ('states', left.from, `leaves out the states ${missing.join(', ')}`);
  if (quantity.scope.kind === 'part')
    differ('scope', left.from, `looks at ${quantity.scope.text}, and the table at the whole fleet`);
  return found;
}

function isPerTime(metric: ThresholdMetric): boolean {
  return metric === 'failed' || metric === 'rate';
}

function describeUnit({ unit, metric }: Quantity): string {
  return unit.kind === 'growth' ? unit.text : `${metric} jobs in total, whenever they came`;
}

/** Numbers per time are compared as jobs per hour. */
function sameNumber(metric: ThresholdMetric, bound: RowBound, { threshold }: Comparison, { unit }: Quantity): boolean {
  const row = metric === 'rate' ? bound.value * 3600 : bound.value;
  const rule = unit.kind === 'growth' ? threshold.value * unit.perHour : threshold.value;
  return Math.abs(row - rule) <= 1e-9 * Math.max(Math.abs(row), Math.abs(rule));
}

/** A sum over the fleet cannot see that one queue stands still, unless another rule looks at the queues one by one. */
function hiddenQueues(rules: readonly ReadRule[]): readonly Remark[] {
  const byQueue = rules.some(
    ({ rule }) =>
      keepsLabel(rule.expr, 'queue') && inspectExpr(rule.expr).selectors.some((one) => rowOf(one) === 'waiting'),
  );
  if (byQueue) return [];
  return rules.flatMap(({ rule, condition }) => {
    if (condition.kind !== 'clear' || condition.quantity.metric !== 'waiting') return [];
    return [remark(rule, `the rule ${rule.name} sums over all queues, so it cannot see that one of them stands still`)];
  });
}

function remark(rule: AlertRule, message: string): Remark {
  return { rule: rule.name, message, location: rule.fields['expr'] ?? rule.location };
}
