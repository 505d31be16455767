import type { Location } from '../kernel/errors.ts';
import { locateInExpr } from '../runbook/map-scalar.ts';
import type { RecordingRule } from '../runbook/runbook.ts';
import { inspectExpr, type ExpressionFacts } from './inspect-expr.ts';
import { candidate, nearestNames, wordsOf } from './nearest-name.ts';
import type { LabelMatcher, Selector } from './read-selectors.ts';
import type { RecordedSeries } from './recording.ts';

/** A name in a rule that no recorded series has. */
export interface UnknownName {
  /**
   * `alternative`: one of several values of a pattern is unknown, so only a part of the selector is dead.
   * `together`: each matcher fits some series, but no series fits all of them.
   */
  readonly kind: 'metric' | 'label' | 'value' | 'alternative' | 'together';
  readonly rule: string;
  /** The unknown name; for `together` the whole selector. */
  readonly name: string;
  /** One sentence without its end. */
  readonly message: string;
  /** At most two, the nearest first. */
  readonly nearest: readonly string[];
  readonly location: Location;
}

type Series = Pick<RecordedSeries, 'name' | 'labels'>;
type Rule = Pick<RecordingRule, 'name' | 'expr' | 'exprMap' | 'location' | 'labels'>;

/** Prometheus makes these itself. */
const ofPrometheus = new Set(['ALERTS', 'ALERTS_FOR_STATE']);

/** Functions that make labels which no series has. */
const makesLabels = new Set(['label_replace', 'label_join', 'info']);

/** A label with more values than this, such as a queue, is no part of what a metric means. */
const mostStates = 20;

/**
 * Finds metrics, labels and label values of the rules that no recorded series has. Such a selector is always empty, and
 * its rule can never fire, or fires always.
 * @param recordings their names exist although no target exports them; what they return is not known here
 */
export function findUnknownNames(
  rules: readonly Rule[],
  series: readonly Series[],
  recordings: readonly RecordingRule[] = [],
): readonly UnknownName[] {
  const names = new Map<string, Series[]>();
  for (const one of series) {
    const known = names.get(one.name);
    if (known) known.push(one);
    else names.set(one.name, [one]);
  }
  const recorded = new Set(recordings.map(({ name }) => name));
  return rules.flatMap((rule) => {
    const facts = inspectExpr(rule.expr);
    return [
      ...facts.selectors.flatMap((selector) => {
        const { metric } = selector;
        if (metric !== undefined && (recorded.has(metric) || ofPrometheus.has(metric))) return [];
        return judgeSelector(rule, selector, names);
      }),
      ...unknownGroupings(rule, facts, names, recorded),
    ];
  });
}

function judgeSelector(rule: Rule, selector: Selector, names: ReadonlyMap<string, Series[]>): readonly UnknownName[] {
  const { metric, matchers, name: place } = selector;
  const known = metric === undefined ? [...names.values()].flat() : names.get(metric);
  if (metric !== undefined && !known) {
    const values = matchers.filter(({ operator }) => operator === '=').flatMap(({ value }) => wordsOf(value));
    const nearest = nearestNames(metric, metricCandidates(names), [...wordsOf(metric), ...values]);
    const message = `no recorded series has the name \`${metric}\``;
    return [
      { kind: 'metric', rule: rule.name, name: metric, message, nearest, location: locateInExpr(rule, place.from) },
    ];
  }
  const labels = withName(known ?? []);
  const unknown = matchers.flatMap((matcher) => judgeMatcher(rule, matcher, labels));
  if (unknown.some(({ kind }) => kind !== 'alternative') || labels.some((one) => matchers.every((m) => fits(m, one))))
    return unknown;
  const text = rule.expr.slice(selector.from, selector.to);
  const message = `no recorded series fits \`${text}\`: each part fits some series, but none fits all`;
  const location = locateInExpr(rule, selector.from);
  return [...unknown, { kind: 'together', rule: rule.name, name: text, message, nearest: [], location }];
}

type Labels = Readonly<Record<string, string>>;

function withName(series: readonly Series[]): readonly Labels[] {
  return series.map(({ name, labels }) => ({ ...labels, __name__: name }));
}

/** Every metric, also with each of its few states: a rule may have the state in the name, the exporter in a label. */
function metricCandidates(names: ReadonlyMap<string, Series[]>): readonly ReturnType<typeof candidate>[] {
  return [...names].flatMap(([name, series]) => {
    const labels = new Set(series.flatMap((one) => Object.keys(one.labels)));
    const withStates = [...labels].flatMap((label) => {
      const values = valuesOf(withName(series), label);
      if (label === 'job' || label === 'instance' || values.length > mostStates) return [];
      return values.map((value) => candidate(`${name}{${label}="${value}"}`, [...wordsOf(name), ...wordsOf(value)]));
    });
    return [candidate(name), ...withStates];
  });
}

function judgeMatcher(rule: Rule, matcher: LabelMatcher, series: readonly Labels[]): readonly UnknownName[] {
  const { label, operator, value } = matcher;
  const location = locateInExpr(rule, matcher.from);
  const dead = !series.some((one) => fits(matcher, one));
  const values = valuesOf(series, label);
  const unknown = (kind: UnknownName['kind'], name: string, what: string, others: readonly string[]): UnknownName => {
    const nearest = nearestNames(
      name,
      others.map((other) => candidate(other)),
    );
    return { kind, rule: rule.name, name, message: `no recorded series has ${what}`, nearest, location };
  };
  if (dead && values.length === 0) return [unknown('label', label, `the label \`${label}\``, labelsOf(series))];
  if (dead) return [unknown('value', value, `\`${label}${operator}"${value}"\``, values)];
  return alternativesOf(matcher)
    .filter((alternative) => !values.includes(alternative))
    .map((alternative) => unknown('alternative', alternative, `\`${label}="${alternative}"\``, values));
}

/** Labels of `by`, `without`, `on` and `ignoring` that neither a series nor the expression has. */
function unknownGroupings(
  rule: Rule,
  facts: ExpressionFacts,
  names: ReadonlyMap<string, Series[]>,
  recorded: ReadonlySet<string>,
): readonly UnknownName[] {
  const opaque = facts.selectors.some(({ metric }) => metric !== undefined && recorded.has(metric));
  if (opaque || facts.functions.some((name) => makesLabels.has(name))) return [];
  if (facts.aggregations.some(({ operator }) => operator === 'count_values')) return [];
  const known = labelsOf([...names.values()].flat().map(({ labels }) => labels));
  return facts.aggregations
    .flatMap(({ labels }) => labels)
    .filter(({ name }) => !known.includes(name))
    .map(({ name, from }) => ({
      kind: 'label',
      rule: rule.name,
      name,
      message: `no recorded series has the label \`${name}\``,
      nearest: nearestNames(
        name,
        known.map((other) => candidate(other)),
      ),
      location: locateInExpr(rule, from),
    }));
}

/** The values of a pattern that only lists them: `a|b|c`. */
function alternativesOf({ operator, value }: LabelMatcher): readonly string[] {
  if (operator !== '=~' || !/^[\w-]+(?:\|[\w-]+)+$/.test(value)) return [];
  return value.split('|');
}

/** A series without a label has it with no text, as in Prometheus. A pattern must fit the whole value. */
function fits({ label, operator, value }: LabelMatcher, labels: Labels): boolean {
  const own = Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
  if (operator === '=') return own === value;
  if (operator === '!=') return own !== value;
  const pattern = compile(value);
  // A pattern that only Go understands is left to promtool.
  if (!pattern) return true;
  return pattern.test(own) === (operator === '=~');
}

function compile(pattern: string): RegExp | undefined {
  const ignoresCase = pattern.startsWith('(?i)');
  try {
    return new RegExp(`^(?:${ignoresCase ? pattern.slice(4) : pattern})$`, ignoresCase ? 'isu' : 'su');
  } catch {
    return undefined;
  }
}

function labelsOf(series: readonly Labels[]): readonly string[] {
  return [...new Set(series.flatMap((one) => Object.keys(one)))].filter((name) => name !== '__name__');
}

function valuesOf(series: readonly Labels[], label: string): readonly string[] {
  return [...new Set(series.flatMap((one) => (Object.hasOwn(one, label) ? [one[label] ?? ''] : [])))];
}
