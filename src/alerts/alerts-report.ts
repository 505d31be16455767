/** What `alerts test` finds out. All instants are sandbox ms since 1970, all spans sandbox ms. */
import type { Arm } from '../history/events.ts';
import type { Location } from '../kernel/errors.ts';
import type { Verdict } from '../kernel/verdict.ts';
import type { Delay } from './detect.ts';

export const cellOutcomes = ['fired', 'late', 'quiet', 'unknown'] as const;
/**
 * - `fired`: at every evaluation phase, while the fault lasted
 * - `late`: after the fault was over or too late, or only at some evaluation phases
 * - `quiet`: it was watched for long enough and did not fire
 * - `unknown`: the recording cannot show it; the reason says why
 */
export type CellOutcome = (typeof cellOutcomes)[number];

/** One rule against one fault. */
export interface Cell {
  readonly scenario: string;
  readonly outcome: CellOutcome;
  /** One sentence: why. */
  readonly reason: string;
  /** The arm that decides. */
  readonly arm: Arm | undefined;
  readonly firing: Firing | undefined;
  /** How much longer the fleet must stay broken to know, sandbox ms. */
  readonly missingMs?: number;
}

/** Over the evaluation phases, sandbox ms. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly worst: number;
}

export interface Firing {
  /** From the onset of the fault to the firing alert, over all evaluation phases. */
  readonly delayMs: Spread;
  /** From the proved recovery to the resolved alert. Undefined if the recording does not show it at every phase. */
  readonly clearedMs: Spread | undefined;
  /** At the worst phase. */
  readonly worst: {
    readonly phaseMs: number;
    readonly onsetS: number;
    readonly pendingS: number;
    readonly firingS: number;
    readonly resolvedS: number | undefined;
    readonly delay: Delay;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly phases: { readonly fired: number; readonly of: number };
}

export interface Finding {
  readonly id: FindingId;
  /** A failure, or something to know. */
  readonly severity: 'fail' | 'note';
  readonly message: string;
  readonly locations: readonly Location[];
}

export type FindingId =
  | 'unknown-metric'
  | 'table'
  | 'counters-off'
  | 'dead'
  | 'false-alarm'
  | 'cannot-clear'
  | 'late'
  | 'one-missed-scrape'
  | 'expected'
  | 'unreadable'
  | 'uncaught'
  | 'not-compared';

export interface RuleReport {
  readonly name: string;
  readonly expr: string;
  readonly for: string | undefined;
  readonly location: Location;
  readonly verdict: Verdict;
  readonly cells: readonly Cell[];
  /** Alarms while the fleet was healthy. Without any, at most `3 / hours` an hour can be excluded (95 %). */
  readonly healthy: { readonly hours: number; readonly alarms: number };
  readonly findings: readonly Finding[];
}

export interface AlertsReport {
  readonly verdict: Verdict;
  readonly promtool: string;
  readonly rules: readonly RuleReport[];
  /** About all rules together: table and rules, faults that no rule catches. */
  readonly findings: readonly Finding[];
  readonly runs: readonly string[];
  readonly faults: readonly string[];
  /** How many timelines promtool was asked to confirm, and confirmed. */
  readonly confirmed: number;
}
