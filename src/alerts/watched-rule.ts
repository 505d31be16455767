import type { AlertRule, RunStarted } from '../history/events.ts';
import type { RuleTimes } from './detect.ts';
import { readExpression } from './engine-limits.ts';
import { inspectExpr } from './inspect-expr.ts';
import { neededMs } from './judge-cell.ts';
import { recordingProblem } from './reads-recording.ts';
import { timesOf } from './rule-times.ts';

/** A rule, and what was seen of it in the arms of a run. */
export interface WatchedRule {
  readonly rule: AlertRule;
  readonly times: RuleTimes;
  /** How long a fault must last so that the rule fires at every evaluation phase, sandbox ms. */
  readonly fireMs: number;
  /** How far back all that can make its condition true lies, sandbox ms. Infinite if that is computed. */
  readonly seeMs: number;
  /** How far back all that can make it fire lies, sandbox ms. */
  readonly alarmMs: number;
  /** Why promtool cannot judge it, as a clause. */
  problem: string | undefined;
  /** Scenarios after whose fault it fired. */
  readonly firedIn: Set<string>;
  /** Scenarios in whose steady state it fired, for no reason but a healthy fleet. */
  readonly alarms: Set<string>;
  /** How many steady states were long enough to show that. */
  steadyStates: number;
  /** How many were long enough to show its condition, and in how many of them it was true. */
  readonly glimpses: { seen: number; active: number };
}

/** Prometheus' default, for histories that do not say. */
const usualEvaluationMs = 60_000;

export function watchedRule(rule: AlertRule, run: RunStarted, scrapeMs: number): WatchedRule {
  const times = timesOf(rule, run.evaluationMs ?? usualEvaluationMs);
  const { forMs, keepFiringForMs, intervalMs } = times;
  const seeMs = (inspectExpr(rule.expr).lookbackMs ?? Infinity) + scrapeMs;
  return {
    rule,
    times,
    fireMs: neededMs(times, scrapeMs),
    seeMs,
    // `for` ends at an evaluation.
    alarmMs: Math.ceil(forMs / intervalMs) * intervalMs + keepFiringForMs + seeMs,
    problem: problemOf(rule, run),
    firedIn: new Set(),
    alarms: new Set(),
    steadyStates: 0,
    glimpses: { seen: 0, active: 0 },
  };
}

function problemOf({ expr }: AlertRule, { runbook }: RunStarted): string | undefined {
  return readExpression(expr).problem ?? recordingProblem(expr, runbook.alerts?.recordings ?? []);
}

export function isJudgeable({ problem }: WatchedRule): boolean {
  return problem === undefined;
}
