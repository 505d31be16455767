import type { AlertRule, RecordingRule } from '../runbook/runbook.ts';
import type { Cell, RuleReport } from './alerts-report.ts';
import type { PhaseResult, RuleTimes } from './detect.ts';
import type { AlertExpectation } from './judge-expectations.ts';
import type { Segment } from './recording.ts';
import type { Promtool } from './run-promtool.ts';
import type { ExpressionResult } from './timeline.ts';
import type { ArmTruth } from './truth.ts';

/** One arm with its metrics. */
export interface RecordedArm {
  readonly run: string;
  readonly truth: ArmTruth;
  readonly segment: Segment;
  /** Real ms since the run's start at `truth.startS`, and sandbox ms for each real ms. */
  readonly clock: { readonly startT: number; readonly timeScale: number };
}

export interface AlertsInput {
  readonly promtool: Promtool;
  readonly rules: readonly AlertRule[];
  /** The recording rules beside them. They are not run, so a rule that reads one is unknown. */
  readonly recordings?: readonly RecordingRule[];
  readonly arms: readonly RecordedArm[];
  /** Sandbox ms, for groups that state no interval. */
  readonly evaluationMs: number;
  /** Sandbox ms between two scrapes. */
  readonly scrapeMs: number;
  /** What the scenarios say about alerts. */
  readonly expectations: readonly AlertExpectation[];
  readonly signal?: AbortSignal;
}

/** What one arm shows of one rule, with what is needed to look at it again. */
export interface Seen {
  readonly arm: RecordedArm;
  readonly times: RuleTimes;
  readonly result: ExpressionResult | undefined;
  readonly phases: readonly PhaseResult[] | undefined;
  readonly problem: string | undefined;
}

/** A rule with what the arms show of it. */
export interface ObservedRule {
  readonly rule: AlertRule;
  readonly recordings: readonly RecordingRule[];
  readonly seen: readonly Seen[];
  /** One per fault. */
  readonly cells: readonly Cell[];
  readonly healthy: RuleReport['healthy'];
}
