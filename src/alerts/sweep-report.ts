/** What `alerts sweep` finds out. All spans are sandbox ms. */
import type { Verdict } from '../kernel/verdict.ts';
import type { AlertRule } from '../runbook/runbook.ts';
import type { RuleReport } from './alerts-report.ts';
import type { Comparison } from './inspect-expr.ts';

/** What can be changed in a rule without another idea. */
export interface Setting {
  readonly threshold: number;
  readonly forMs: number;
}

/** What a rule with one setting does for some of the faults. */
export interface SettingResult {
  /** At every evaluation phase, while the fault lasts. */
  readonly caught: readonly CaughtFault[];
  readonly missed: readonly UncaughtFault[];
  /** Neither caught nor missed: the recording cannot show it. */
  readonly unknown: readonly UncaughtFault[];
  /** Alarms while the fleet was healthy, and for faults that their scenarios want to be quiet. */
  readonly falseAlarms: number;
  /** Where the rule should be quiet, and it is not known: some scenarios say so, and a healthy fleet does. */
  readonly perhapsLoud: readonly UncaughtFault[];
}

export interface CaughtFault {
  readonly scenario: string;
  /** From the fault to the alert, at the worst evaluation phase. */
  readonly detectionMs: number;
  /** From the recovery to the resolved alert, at the worst phase. Undefined if the recording does not show both. */
  readonly resetMs: number | undefined;
  /** The fleet recovered, and the alert still fires when the recording ends. */
  readonly outlasts: boolean;
}

export interface UncaughtFault {
  readonly scenario: string;
  readonly reason: string;
}

export interface SweptPair extends Setting, SettingResult {
  /**
   * A pair that is better in one respect and worse in none. Undefined for the pairs of the front, and for those that
   * may belong there because a fault is unknown.
   */
  readonly dominatedBy: Setting | undefined;
}

/** Another setting would have caught a fault that the present one misses. */
export interface NearMiss {
  readonly scenario: string;
  /** The nearest threshold, with the present `for`. */
  readonly threshold: number | undefined;
  /** The nearest `for`, with the present threshold. */
  readonly forMs: number | undefined;
  /** The nearest pair, if neither of the two alone is enough. */
  readonly both: Setting | undefined;
}

export interface SweepReport {
  /** Passes if the chosen setting catches every fault that the rule can catch, without a false alarm. */
  readonly verdict: Verdict;
  readonly rule: Pick<AlertRule, 'name' | 'expr' | 'for' | 'location'>;
  readonly operator: Comparison['operator'];
  readonly thresholds: readonly number[];
  readonly waitsMs: readonly number[];
  /** Faults that decide: those that some setting catches, and those that a scenario wants caught. */
  readonly swept: readonly string[];
  /** Faults that the choice did not see. The chosen setting was tried on them afterwards. */
  readonly keptOut: readonly string[];
  /** Faults that no setting catches. */
  readonly uncaught: readonly string[];
  /** Faults of which the recording shows nothing, whatever the setting. */
  readonly undecided: readonly UncaughtFault[];
  /** Hours in which the fleet was healthy, and how far the left side came in them. */
  readonly healthy: Pick<RuleReport['healthy'], 'hours'> & { readonly peak: number | undefined };
  readonly pairs: readonly SweptPair[];
  readonly present: SweptPair;
  /** Undefined if no setting catches anything. */
  readonly chosen: SweptPair | undefined;
  readonly onKeptOut: { readonly present: SettingResult; readonly chosen: SettingResult } | undefined;
  readonly nearMisses: readonly NearMiss[];
  /** One sentence: what to do. */
  readonly advice: string;
  readonly promtool: string;
  /** How many timelines promtool confirmed. */
  readonly confirmed: number;
  readonly runs: readonly string[];
}
