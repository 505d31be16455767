/**
 * `drillbook mutate --alerts`: breaks the alert rules in one place at a time, and looks whether `alerts test` notices
 * it on recorded runs. All mutants are judged together, so promtool reads each recording a few times only.
 */
import type { AlertsInput, ObservedRule } from '../alerts/alerts-input.ts';
import type { AlertsReport } from '../alerts/alerts-report.ts';
import { completeReport } from '../alerts/complete-report.ts';
import { observeRules, runsOf } from '../alerts/judge-alerts.ts';
import { flawsOfRule, reportOfRule } from '../alerts/judge-rule.ts';
import { adviseStatement } from '../mutation/advise-statement.ts';
import type { RuleMutant } from '../mutation/mutate-rules.ts';
import type { MutantOutcome } from '../mutation/mutation-score.ts';
import { noticeMutant } from '../mutation/notice-mutant.ts';
import type { AlertRule, Runbook } from '../runbook/runbook.ts';

export interface RuleMutantOutcome extends MutantOutcome {
  /** For a survivor: what would tell it from the rule. */
  readonly advice?: string;
}

/** @throws what `judgeAlerts` throws */
export async function runRuleMutants(
  input: AlertsInput,
  runbook: Runbook,
  mutants: readonly RuleMutant[],
): Promise<readonly RuleMutantOutcome[]> {
  const changed = mutants.flatMap(({ mutant }) => mutant ?? []);
  const { observed, faults, confirmed } = await observeRules({ ...input, rules: [...input.rules, ...changed] });
  const known = new Map(
    observed.map((one) => [one.rule, { observed: one, report: reportOfRule(one, flawsOfRule(one)) }]),
  );
  const of = (rule: AlertRule) => {
    const found = known.get(rule);
    if (!found) throw new Error(`the rule ${rule.name} was not judged`);
    return found;
  };
  const head = { promtool: input.promtool.version, runs: runsOf(input.arms), faults, confirmed };
  const reportOn = (rules: readonly AlertRule[]): AlertsReport =>
    completeReport({ ...head, rules: rules.map((rule) => of(rule).report) }, { ...input, rules }, runbook);
  const base = reportOn(input.rules);
  return mutants.map(({ id, line, before, after, rule, mutant, ...more }) => {
    const rules = input.rules.flatMap((one) => (one === rule ? (mutant ?? []) : one));
    const own = of(rule);
    const reason = noticeMutant(
      { report: base, rule: own.report },
      { report: reportOn(rules), rule: mutant && of(mutant).report },
      input.expectations,
    );
    const outcome = { id, line, before, after };
    if (reason !== undefined) return { ...outcome, fate: 'killed', reason };
    const doubt = doubtAbout(own.observed);
    if (doubt !== undefined) return { ...outcome, fate: 'inconclusive', reason: doubt };
    const advice = adviseStatement({ rule, ...more }, own.observed, mutant ? of(mutant).observed : own.observed);
    return { ...outcome, fate: 'survived', advice };
  });
}

/** Why the recordings cannot tell anything about a rule. */
function doubtAbout({ cells }: ObservedRule): string | undefined {
  if (cells.some(({ outcome }) => outcome !== 'unknown')) return undefined;
  return cells[0]?.reason ?? 'the runs have no fault';
}
