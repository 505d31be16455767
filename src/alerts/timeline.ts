/** What an alert rule does over time. Instants are sandbox ms on the clock of the recording. */

/** One alert: the label set of one result of the rule's expression. Labels are those of the alert, sorted by name. */
export interface AlertTimeline {
  readonly labels: Readonly<Record<string, string>>;
  /** In the order of time. They do not overlap; two in a row may touch. */
  readonly spans: readonly AlertSpan[];
}

/** From the first evaluation at which the alert had this state to the first at which it had it no more. */
export interface AlertSpan {
  readonly state: 'pending' | 'firing';
  readonly fromS: number;
  /** Undefined if the recording ended before. */
  readonly untilS: number | undefined;
}

/** When a group is evaluated: at `phaseMs`, `phaseMs + intervalMs`, … after the start of the segment. */
export interface EvaluationGrid {
  readonly intervalMs: number;
  /** 0 ≤ phaseMs < intervalMs */
  readonly phaseMs: number;
}

/** What an expression returns at each evaluation. A rule's condition is true for exactly the label sets it returns. */
export interface ExpressionResult {
  /** Evaluations in the order of time. */
  readonly steps: readonly {
    readonly s: number;
    readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
  }[];
}
