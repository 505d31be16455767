/** What speaks against rules without running them: their text, the table beside them, and the series that exist. */
import type { AlertRule, RecordingRule, RuleProblem, ThresholdRow } from '../history/events.ts';
import type { Finding } from './alerts-report.ts';
import { compareWithTable, type Remark } from './compare-with-table.ts';
import { inspectExpr } from './inspect-expr.ts';
import type { RecordedSeries } from './recording.ts';
import { findUnknownNames } from './unknown-metrics.ts';

/** What Prometheus would refuse or silently drop. */
export function findUnreadable(problems: readonly RuleProblem[]): readonly Finding[] {
  return problems.map(({ message, location }) => ({
    id: 'unreadable',
    severity: 'fail',
    message,
    locations: [location],
  }));
}

/**
 * Where the runbook's table and the rules differ.
 * @param whole the rules are all that there are, so a row of the table without a rule is a flaw
 */
export function findDisagreements(
  thresholds: readonly ThresholdRow[],
  rules: readonly AlertRule[],
  whole = true,
): readonly Finding[] {
  const { differences, notCompared, notes } = compareWithTable(thresholds, rules);
  const note =
    (id: Finding['id']) =>
    ({ message, location }: Remark): Finding => ({ id, severity: 'note', message, locations: [location] });
  return [
    ...differences.map(({ kind, message, row, rule }): Finding => ({
      id: 'table',
      severity: whole || kind !== 'no rule' ? 'fail' : 'note',
      message,
      locations: [row, ...(rule ? [rule.location] : [])],
    })),
    ...notCompared.map(note('not-compared')),
    ...notes.map(note('table')),
  ];
}

type Exported = Pick<RecordedSeries, 'name' | 'labels' | 'kind'>;

/** Metrics and labels that nothing exported. */
export function findUnknown(
  rule: AlertRule,
  series: readonly Exported[],
  recordings: readonly RecordingRule[] = [],
): readonly Finding[] {
  if (series.length === 0) return [];
  return findUnknownNames([rule], series, recordings).map(({ kind, message, nearest, location }) => ({
    id: 'unknown-metric',
    // Of several values one may well be absent: a state that only another version exports.
    severity: kind === 'alternative' ? 'note' : 'fail',
    message:
      nearest.length === 0
        ? message
        : `${message}; the nearest is ${nearest.map((name) => `\`${name}\``).join(' or ')}`,
    locations: [location],
  }));
}

/** A counter with a fixed threshold, which a recovered fleet cannot clear. */
export function findCounter(rule: AlertRule, series: readonly Exported[]): Finding | undefined {
  const counter = counterOf(rule, series);
  if (counter === undefined) return undefined;
  const message = `${rule.name} cannot clear: ${counter} is a counter and only grows; compare its increase over a time`;
  return { id: 'cannot-clear', severity: 'fail', message, locations: [rule.fields['expr'] ?? rule.location] };
}

/** The counter that the rule compares with a number, without `rate` or `increase`. */
function counterOf({ expr }: AlertRule, series: readonly Exported[]): string | undefined {
  const { comparison, selectors, functions } = inspectExpr(expr);
  if (!comparison || !['>', '>='].includes(comparison.operator)) return undefined;
  if (functions.some((name) => /rate|increase|delta|deriv|changes|resets/.test(name))) return undefined;
  const counters = new Set(series.flatMap(({ name, kind }) => (kind === 'counter' ? [name] : [])));
  return selectors.flatMap(({ metric }) => metric ?? []).find((metric) => counters.has(metric));
}
