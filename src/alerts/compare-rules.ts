/**
 * What changes for the pager when one set of rules replaces another: both sets are judged on the same recordings, and
 * each rule is held against its successor. `x y` and `y x` mirror each other.
 */
import type { AlertsInput } from './alerts-input.ts';
import { combine, type Verdict } from '../kernel/verdict.ts';
import type { AlertRule } from '../runbook/runbook.ts';
import { compareEffects, type Effect, type EffectChange } from './compare-effects.ts';
import { inspectExpr } from './inspect-expr.ts';
import { faultsOf, observeRules, runsOf } from './judge-alerts.ts';
import { matchRules, normalExpr, type RulePair } from './match-rules.ts';
import { isLoss, nameOthers, type RuleChange } from './other-rules.ts';
import { timesOf } from './rule-times.ts';

export interface CompareReport {
  /** Fails if a fault is no longer caught or caught later, or if a rule raises more false alarms. */
  readonly verdict: Verdict;
  readonly promtool: string;
  /** Only rules that differ. */
  readonly rules: readonly RuleComparison[];
  readonly runs: readonly string[];
  readonly faults: readonly string[];
  readonly confirmed: number;
}

export interface RuleComparison {
  readonly verdict: Verdict;
  readonly base: RuleSide | undefined;
  readonly new: RuleSide | undefined;
  /** What differs in their text: `name`, `expr`, `for`, … Empty for an added or a removed rule. */
  readonly differs: readonly string[];
  /** None means the same effect. */
  readonly changes: readonly RuleChange[];
  /** The text alone shows that the effect is the same, so nothing was judged. */
  readonly byText: boolean;
}

type RuleSide = Pick<AlertRule, 'name' | 'expr' | 'for' | 'location'>;

interface CompareInput extends Omit<AlertsInput, 'rules' | 'expectations'> {
  readonly base: readonly AlertRule[];
  readonly next: readonly AlertRule[];
}

/** @throws what `judgeAlerts` throws */
export async function compareRules({ base, next, ...input }: CompareInput): Promise<CompareReport> {
  const labels = new Set(input.arms.flatMap(({ segment }) => segment.series.flatMap((one) => Object.keys(one.labels))));
  const pairs = matchRules(base, next)
    .map((pair) => ({ ...pair, differs: differences(pair, input.evaluationMs) }))
    .filter((pair) => !pair.base || !pair.next || pair.differs.length > 0)
    .map((pair) => ({ ...pair, byText: haveSameEffect(pair, pair.differs, labels) }));
  const rules = pairs.flatMap((pair) => (pair.byText ? [] : [pair.base ?? [], pair.next ?? []].flat()));
  const { observed, confirmed } = await observeRules({ ...input, rules, expectations: [] });
  const faults = faultsOf(input.arms);
  const effectOf = (rule: AlertRule): Effect => {
    const found = observed.find((one) => one.rule === rule);
    if (!found) throw new Error(`the rule ${rule.name} was not judged`);
    return found;
  };
  const changed = pairs.map((pair) => ({ ...pair, changes: pair.byText ? [] : changesOf(pair, effectOf) }));
  // The rules that do not differ matter only if they may catch what another one has lost.
  const isLost = changed.some(({ changes }) => changes.some(isLoss));
  const same = isLost ? next.filter((rule) => observed.every((one) => one.rule !== rule)) : [];
  const rest = await observeRules({ ...input, rules: same, expectations: [] });
  const ofNext = [...observed, ...rest.observed].filter(({ rule }) => next.includes(rule));
  const compared = changed.map(({ base: was, next: is, differs, changes, byText }): RuleComparison => {
    const others = ofNext.filter(({ rule }) => rule !== is);
    return {
      verdict: verdictOf(changes),
      base: was && sideOf(was),
      new: is && sideOf(is),
      differs,
      changes: changes.map((change) => nameOthers(change, others)),
      byText,
    };
  });
  return {
    verdict: combine(['pass', ...compared.map(({ verdict }) => verdict)]),
    promtool: input.promtool.version,
    rules: compared,
    runs: runsOf(input.arms),
    faults,
    confirmed: confirmed + rest.confirmed,
  };
}

/** The fields that differ between two rules. Another place in the file is none. */
function differences({ base, next }: RulePair, evaluationMs: number): readonly string[] {
  if (!base || !next) return [];
  const [was, is] = [timesOf(base, evaluationMs), timesOf(next, evaluationMs)];
  const differ = {
    name: base.name !== next.name,
    expr: normalExpr(base.expr) !== normalExpr(next.expr),
    for: was.forMs !== is.forMs,
    keep_firing_for: was.keepFiringForMs !== is.keepFiringForMs,
    interval: was.intervalMs !== is.intervalMs,
    labels: changedKeys(base.labels, next.labels).length > 0,
    annotations: changedKeys(base.annotations, next.annotations).length > 0,
  };
  return Object.entries(differ).flatMap(([field, differs]) => (differs ? [field] : []));
}

function changedKeys(one: AlertRule['labels'], other: AlertRule['labels']): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((key) => one[key] !== other[key]);
}

/**
 * Neither name nor annotations decide when a rule fires. A label does if it overwrites one of the series, because two
 * results can then become the same alert.
 */
function haveSameEffect({ base, next }: RulePair, differs: readonly string[], known: ReadonlySet<string>): boolean {
  if (!base || !next) return false;
  if (differs.some((field) => !['name', 'labels', 'annotations'].includes(field))) return false;
  const makesLabels = inspectExpr(base.expr).functions.some((name) => name.startsWith('label_'));
  return changedKeys(base.labels, next.labels).every((label) => !makesLabels && !known.has(label));
}

/** An absent rule never fires. */
function changesOf({ base, next }: RulePair, effectOf: (rule: AlertRule) => Effect): readonly EffectChange[] {
  const was = base && effectOf(base);
  const is = next && effectOf(next);
  if (was && is) return compareEffects(was, is);
  const present = was ?? is;
  if (!present) return [];
  return compareEffects(was ?? silent(present), is ?? silent(present));
}

function silent({ cells, healthy }: Effect): Effect {
  return {
    cells: cells.map(({ scenario }) => ({
      scenario,
      outcome: 'quiet',
      reason: 'there is no rule',
      arm: undefined,
      firing: undefined,
    })),
    healthy: { ...healthy, alarms: 0 },
  };
}

function verdictOf(changes: readonly EffectChange[]): Verdict {
  return combine(
    changes
      .map(({ kind }) => {
        if (kind === 'missed' || kind === 'later' || kind === 'noisier') return 'fail';
        return kind === 'unknown' ? 'inconclusive' : 'pass';
      })
      .concat('pass'),
  );
}

function sideOf({ name, expr, for: wait, location }: AlertRule): RuleSide {
  return { name, expr, for: wait, location };
}
