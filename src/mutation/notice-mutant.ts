import type { AlertsReport, Finding, RuleReport } from '../alerts/alerts-report.ts';
import { judgeExpectations, type AlertExpectation } from '../alerts/judge-expectations.ts';
import { combine, verdicts, type Verdict } from '../kernel/verdict.ts';

/** What `alerts test` says with the rules as they are, or with one mutant among them. */
export interface MutantView {
  readonly report: AlertsReport;
  /** The rule, or its mutant. Undefined if it was dropped. */
  readonly rule: RuleReport | undefined;
}

/**
 * Why `alerts test` notices a mutant, as a sentence without its end. It does if one of these is worse than with the
 * rule as it is:
 *
 * - a finding that fails, about the rule or about all rules together;
 * - the verdict of the rule, which is inconclusive if the rule can no longer be seen to fire;
 * - what a scenario states about the rule;
 * - a fault that some rule catches, and that none catches any more.
 *
 * @returns undefined if everything is as good as before
 */
export function noticeMutant(
  base: MutantView & { readonly rule: RuleReport },
  changed: MutantView,
  expectations: readonly AlertExpectation[],
): string | undefined {
  return (
    newFailure(base.rule.findings, changed.rule?.findings ?? []) ??
    worseAlarms(base.rule, changed.rule) ??
    worseVerdict(base.rule, changed.rule) ??
    worseStatement(base.rule, changed.rule, expectations) ??
    newFailure(withoutStatements(base.report), withoutStatements(changed.report)) ??
    lostFault(base.report, changed.report)
  );
}

function withoutStatements({ findings }: AlertsReport): readonly Finding[] {
  return findings.filter(({ id }) => id !== 'expected');
}

/** A rule has one finding of a kind, so its kind is enough. Findings about the table differ in what they say. */
function newFailure(before: readonly Finding[], after: readonly Finding[]): string | undefined {
  const keyOf = ({ id, message }: Finding): string => (id === 'table' ? message : id);
  const known = new Set(before.filter(({ severity }) => severity === 'fail').map(keyOf));
  return after.find((finding) => finding.severity === 'fail' && !known.has(keyOf(finding)))?.message;
}

function worseAlarms(before: RuleReport, after: RuleReport | undefined): string | undefined {
  if (!after || after.healthy.alarms <= before.healthy.alarms) return undefined;
  return `${after.healthy.alarms} false alarms instead of ${before.healthy.alarms}`;
}

function worseVerdict(before: RuleReport, after: RuleReport | undefined): string | undefined {
  if (!after || rank(after.verdict) <= rank(before.verdict)) return undefined;
  const why = whyWorse(before, after);
  return `its verdict is ${after.verdict} instead of ${before.verdict}${why === undefined ? '' : `: ${why}`}`;
}

/** The first fault that the rule caught and the mutant does not, or else the healthy time that the mutant lacks. */
function whyWorse(before: RuleReport, after: RuleReport): string | undefined {
  const caught = before.cells.flatMap(({ scenario, outcome }) => (outcome === 'fired' ? [scenario] : []));
  const lost = after.cells.find(({ scenario, outcome }) => outcome !== 'fired' && caught.includes(scenario));
  if (lost) return `${lost.reason} (${lost.scenario})`;
  return after.healthy.hours === 0 ? 'no healthy time is long enough for its `for`' : undefined;
}

function worseStatement(
  before: RuleReport,
  after: RuleReport | undefined,
  expectations: readonly AlertExpectation[],
): string | undefined {
  if (!after) {
    const naming = expectations.find(({ fire, quiet }) => before.name in fire || quiet.includes(before.name));
    return naming && `the scenario ${naming.scenario} states something about an alert that no longer exists`;
  }
  const [was, is] = [before, after].map((rule) => judgeExpectations(expectations, [rule]));
  const worst = (judged: typeof was = []): Verdict => combine(['pass', ...judged.map(({ verdict }) => verdict)]);
  if (rank(worst(is)) <= rank(worst(was))) return undefined;
  return is?.find(({ verdict }) => verdict === worst(is))?.finding?.message;
}

function lostFault(before: AlertsReport, after: AlertsReport): string | undefined {
  const catches = ({ rules }: AlertsReport, fault: string): boolean =>
    rules.some(({ cells }) => cells.some(({ scenario, outcome }) => scenario === fault && outcome === 'fired'));
  const lost = before.faults.find((fault) => catches(before, fault) && !catches(after, fault));
  return lost && `no rule fires for ${lost} any more`;
}

function rank(verdict: Verdict): number {
  return verdicts.indexOf(verdict);
}
