/**
 * Judges alert rules on recorded runs.
 *
 *   recording + truth ─► promtool: what each expression returns, second by second
 *                     ─► our machine: pending and firing at every evaluation phase (detect.ts)
 *                     ─► one cell per rule and fault (judge-cell.ts), findings per rule (find-faults-of-rule.ts)
 *                     ─► promtool again: the rule itself at the phase that decides; it must say the same
 */
import { defined } from '../kernel/defined.ts';
import { DrillbookError } from '../kernel/errors.ts';
import type { AlertRule } from '../runbook/runbook.ts';
import { machineProblem, runMachine } from './alert-machine.ts';
import type { AlertsInput, ObservedRule, RecordedArm, Seen } from './alerts-input.ts';
import type { AlertsReport, Cell, RuleReport } from './alerts-report.ts';
import { detectWithEach, type RuleTimes } from './detect.ts';
import { inspectExpr } from './inspect-expr.ts';
import { evaluateAlerts, type AlertOutcome } from './evaluate.ts';
import { evaluateChanges } from './evaluate-changes.ts';
import { judgeCell, neededMs, type Observation } from './judge-cell.ts';
import { findingsOfRule, reportOfRule } from './judge-rule.ts';
import { recordingProblem } from './reads-recording.ts';
import { timesOf } from './rule-times.ts';
import type { AlertTimeline, ExpressionResult } from './timeline.ts';

/**
 * @throws DrillbookError `ALERTS_DISAGREE` if promtool does not confirm what our machine says
 * @throws what promtool throws
 */
export async function judgeAlerts(input: AlertsInput): Promise<Omit<AlertsReport, 'findings' | 'verdict'>> {
  const { observed, faults, confirmed } = await observeRules(input);
  const reports = await inTurn(observed, async (one) => reportOfRule(one, await findingsOfRule(input, one)));
  return { promtool: input.promtool.version, rules: reports, runs: runsOf(input.arms), faults, confirmed };
}

/** What the arms show of each rule, confirmed by promtool, without a verdict. It throws what `judgeAlerts` throws. */
export async function observeRules(input: AlertsInput): Promise<{
  readonly observed: readonly ObservedRule[];
  readonly faults: readonly string[];
  readonly confirmed: number;
}> {
  const { rules, arms } = input;
  const seen = await inTurn(arms, (arm) => observe(input, arm));
  const faults = faultsOf(arms);
  const observed = rules.map((rule, index) => {
    const ofRule = seen.flatMap((one) => one[index] ?? []);
    const cells = faults.map((scenario) => cellOf(input, rule, scenario, ofRule));
    return { rule, recordings: input.recordings ?? [], seen: ofRule, cells, healthy: healthOf(ofRule) };
  });
  const confirmed = await inTurn(arms, (arm) => confirm(input, arm, observed));
  return { observed, faults, confirmed: confirmed.reduce((sum, one) => sum + one, 0) };
}

export function runsOf(arms: readonly RecordedArm[]): readonly string[] {
  return [...new Set(arms.map(({ run }) => run))];
}

/** The scenarios that break something. */
export function faultsOf(arms: readonly RecordedArm[]): readonly string[] {
  return [...new Set(arms.flatMap(({ truth }) => (truth.breaks ? [truth.scenario] : [])))];
}

/** One entry per rule. What promtool says at phase 0 comes first: it knows which rules have no answer. */
async function observe(input: AlertsInput, arm: RecordedArm): Promise<Seen[]> {
  const { promtool, rules, evaluationMs, signal } = input;
  const { segment, truth } = arm;
  const asked = rules.map((rule) => ({ rule, times: timesOf(rule, evaluationMs), phaseMs: 0 }));
  if (segment.scrapes.length === 0) return asked.map(({ times }) => unseen(arm, times, 'no metrics were recorded'));
  const timed = asked.map(({ rule: { expr }, times: { intervalMs } }) => ({ expr, intervalMs }));
  const results = await evaluateChanges(promtool, segment, timed, { signal });
  const outcomes = await askEngine(input, arm, asked);
  return asked.map(({ rule, times }, index) => {
    const [result, outcome] = [results[index], outcomes[index]];
    if (!result || !outcome) throw new Error(`promtool was not asked about ${rule.name}`);
    if ('problem' in result) return unseen(arm, times, result.problem);
    if ('problem' in outcome) return unseen(arm, times, outcome.problem);
    const problem = recordingProblem(rule.expr, input.recordings ?? []) ?? machineProblem(times.labels);
    if (problem !== undefined) return unseen(arm, times, problem);
    requireAgreement(rule, arm, times, result, 0, outcome.alerts);
    // promtool was asked at phase 0 only. Another phase can have a problem of its own.
    const detected = detectWithEach(segment, result, times, [times.forMs], truth.fault);
    if ('problem' in detected) return unseen(arm, times, detected.problem);
    return { arm, times, result, phases: detected.withEach[0], problem: undefined };
  });
}

function unseen(arm: RecordedArm, times: RuleTimes, problem: string): Seen {
  return { arm, times, result: undefined, phases: undefined, problem };
}

interface Asked {
  readonly rule: AlertRule;
  readonly times: RuleTimes;
  readonly phaseMs: number;
}

/** What promtool says of each rule at its phase, in their order. */
async function askEngine(
  { promtool, signal }: AlertsInput,
  { segment }: RecordedArm,
  asked: readonly Asked[],
): Promise<readonly AlertOutcome[]> {
  const outcomes = new Map<Asked, AlertOutcome>();
  const groups = Map.groupBy(asked, ({ times: { intervalMs }, phaseMs }) => `${intervalMs} ${phaseMs}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const grid = { intervalMs: first.times.intervalMs, phaseMs: first.phaseMs };
    const rules = group.map(({ rule }) => rule);
    const answers = await evaluateAlerts(promtool, segment, rules, grid, { signal });
    for (const [index, answer] of answers.entries()) {
      const one = group[index];
      if (one) outcomes.set(one, answer);
    }
  }
  return asked.flatMap((one) => outcomes.get(one) ?? []);
}

function requireAgreement(
  rule: AlertRule,
  { segment, run }: RecordedArm,
  times: RuleTimes,
  result: ExpressionResult,
  phaseMs: number,
  alerts: readonly AlertTimeline[],
): void {
  const ours = runMachine(result, times, { startS: segment.startS, intervalMs: times.intervalMs, phaseMs });
  if (JSON.stringify(ours) === JSON.stringify(alerts)) return;
  throw new DrillbookError(`promtool and Drillbook disagree about ${rule.name} in ${segment.name} of ${run}`, {
    code: 'ALERTS_DISAGREE',
    next: 'report it with the run: this is a bug of Drillbook',
  });
}

export function cellOf(
  { scrapeMs, expectations }: Pick<AlertsInput, 'scrapeMs' | 'expectations'>,
  rule: AlertRule,
  scenario: string,
  seen: readonly Seen[],
): Cell {
  const observations = seen.flatMap(({ arm: { truth, segment }, phases, problem }): Observation[] =>
    truth.scenario === scenario && truth.fault
      ? [{ truth: { ...truth, fault: truth.fault }, segment, phases, problem }]
      : [],
  );
  const [first] = seen;
  const needed = first ? neededMs(first.times, scrapeMs) : Infinity;
  const withinMs = expectations.find((one) => one.scenario === scenario)?.fire[rule.name];
  const limits = { needed, rangeMs: inspectExpr(rule.expr).lookbackMs, ...defined({ withinMs }) };
  const cell = judgeCell(scenario, observations, limits);
  const unbroken = seen.find(({ arm: { truth } }) => truth.scenario === scenario && truth.problem !== undefined);
  return observations.length === 0 ? { ...cell, reason: unbroken?.arm.truth.problem ?? cell.reason } : cell;
}

/**
 * Time in which a false alarm could have come, and how many did, at the phase with the most. A healthy stretch counts
 * without its first `for`, in which no alert can fire.
 */
export function healthOf(seen: readonly Seen[]): RuleReport['healthy'] {
  let ms = 0;
  let alarms = 0;
  for (const { arm, times, phases } of seen) {
    if (!phases || arm.truth.problem !== undefined) continue;
    const { fault, startS } = arm.truth;
    ms += Math.max(0, (fault?.onsetS ?? arm.segment.endS) - startS - times.forMs);
    alarms += Math.max(0, ...phases.map(({ falseAlarmsS }) => falseAlarmsS.length));
  }
  return { hours: ms / 3_600_000, alarms };
}

/**
 * Has promtool evaluate the rules of one arm at the phases that decide their cells.
 * @returns how many timelines agreed, with those at phase 0
 */
async function confirm(input: AlertsInput, arm: RecordedArm, observed: readonly ObservedRule[]): Promise<number> {
  const known = observed.flatMap(({ rule, seen, cells }) => {
    const own = seen.find((one) => one.arm === arm);
    if (!own?.result) return [];
    const { scenario, arm: name } = arm.truth;
    const cell = cells.find((one) => one.scenario === scenario && one.arm === name);
    return [{ rule, times: own.times, result: own.result, phaseMs: cell?.firing?.worst.phaseMs ?? 0 }];
  });
  const asked = known.filter(({ phaseMs }) => phaseMs !== 0);
  const outcomes = await askEngine(input, arm, asked);
  for (const [index, { rule, times, result, phaseMs }] of asked.entries()) {
    const outcome = outcomes[index];
    if (!outcome || 'problem' in outcome)
      throw new Error(`promtool has an answer about ${rule.name} at one phase only`);
    requireAgreement(rule, arm, times, result, phaseMs, outcome.alerts);
  }
  return known.length + asked.length;
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
