/** When one rule detects one fault: for every phase of the evaluations, with the delay in parts. */
import { findRuns, SameAlertError, timelinesOf } from './alert-machine.ts';
import type { SteppedResult } from './evaluate-changes.ts';
import type { Segment } from './recording.ts';
import type { AlertTimeline, ExpressionResult } from './timeline.ts';
import type { FaultTruth } from './truth.ts';

/** Times of a rule, sandbox ms. */
export interface RuleTimes {
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** Evaluation interval of its group. */
  readonly intervalMs: number;
  /** The labels that the rule adds to its alerts. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What delays an alert, sandbox ms. The parts add up to the time from the fault's onset to the firing alert. */
export interface Delay {
  /** Until the last scrape that did not show it yet. */
  readonly metricMs: number;
  /** From there to the scrape that shows it. */
  readonly scrapeMs: number;
  /** From there to the evaluation that sees it. */
  readonly evaluationMs: number;
  /** From there to the evaluation at which the alert fires. */
  readonly forMs: number;
}

/** A rule that fired for the fault, with the evaluations at this phase. */
export interface Detection {
  readonly phaseMs: number;
  readonly pendingS: number;
  readonly firingS: number;
  /** Undefined if the alert still fired when the recording ended. */
  readonly resolvedS: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly delay: Delay;
}

export interface PhaseResult {
  readonly phaseMs: number;
  /** The first alert that starts to fire after the onset. */
  readonly detection: Detection | undefined;
  /** The rule was pending when the recording ended. */
  readonly pendingAtEnd: boolean;
  /** It fired when the fault began, so it cannot be said to detect it. */
  readonly firedBefore: boolean;
  /** Alerts that started to fire while the fleet was healthy, sandbox ms. */
  readonly falseAlarmsS: readonly number[];
}

/** The phases with each `for`, or why Prometheus refuses the rule at one of them, as a clause. */
export type Detected = { readonly withEach: readonly (readonly PhaseResult[])[] } | { readonly problem: string };

/**
 * @param result the rule's expression over the whole segment; its steps are the phases
 * @param waitsMs values of `for` to try instead of the rule's own, ms
 * @param fault undefined if the whole segment is healthy
 */
export function detectWithEach(
  segment: Segment,
  result: SteppedResult,
  times: RuleTimes,
  waitsMs: readonly number[],
  fault: FaultTruth | undefined,
): Detected {
  try {
    return { withEach: phasesWithEach(segment, result, times, waitsMs, fault) };
  } catch (error) {
    if (error instanceof SameAlertError) return { problem: error.message };
    throw error;
  }
}

function phasesWithEach(
  segment: Segment,
  result: SteppedResult,
  times: RuleTimes,
  waitsMs: readonly number[],
  fault: FaultTruth | undefined,
): readonly (readonly PhaseResult[])[] {
  const { intervalMs, keepFiringForMs } = times;
  const phases = Array.from({ length: Math.round(intervalMs / result.stepMs) }, (_, index) => {
    const phaseMs = index * result.stepMs;
    return { phaseMs, runs: findRuns(result, times.labels, { startS: segment.startS, intervalMs, phaseMs }) };
  });
  return waitsMs.map((forMs) =>
    phases.map(({ phaseMs, runs }) =>
      detect(segment, result, timelinesOf(runs, { forMs, keepFiringForMs }), phaseMs, fault),
    ),
  );
}

function detect(
  segment: Segment,
  result: ExpressionResult,
  alerts: readonly AlertTimeline[],
  phaseMs: number,
  fault: FaultTruth | undefined,
): PhaseResult {
  const firing = alerts
    .flatMap(({ labels, spans }) => spans.map((span, index) => ({ labels, span, before: spans[index - 1] })))
    .filter(({ span }) => span.state === 'firing')
    .toSorted((a, b) => a.span.fromS - b.span.fromS);
  const onsetS = fault?.onsetS ?? Infinity;
  const first = firing.find(({ span }) => span.fromS >= onsetS);
  return {
    phaseMs,
    detection: first && fault ? detectionOf(segment, result, first, phaseMs, fault) : undefined,
    pendingAtEnd: alerts.some(({ spans }) => spans.at(-1)?.state === 'pending' && spans.at(-1)?.untilS === undefined),
    firedBefore: firing.some(({ span }) => span.fromS < onsetS && (span.untilS ?? Infinity) > onsetS),
    falseAlarmsS: firing.flatMap(({ span }) => (span.fromS < onsetS ? [span.fromS] : [])),
  };
}

type Span = AlertTimeline['spans'][number];

function detectionOf(
  segment: Segment,
  result: ExpressionResult,
  {
    labels,
    span,
    before,
  }: { readonly labels: Detection['labels']; readonly span: Span; readonly before: Span | undefined },
  phaseMs: number,
  { onsetS }: FaultTruth,
): Detection {
  const pendingS = before?.state === 'pending' && before.untilS === span.fromS ? before.fromS : span.fromS;
  const trueS = Math.max(onsetS, trueSince(result, pendingS));
  const { shownS, beforeS } = scrapesAround(segment, trueS);
  const metricS = Math.min(Math.max(onsetS, beforeS), pendingS);
  const scrapeS = Math.min(Math.max(metricS, shownS), pendingS);
  return {
    phaseMs,
    pendingS,
    firingS: span.fromS,
    resolvedS: span.untilS,
    labels,
    delay: {
      metricMs: metricS - onsetS,
      scrapeMs: scrapeS - metricS,
      evaluationMs: pendingS - scrapeS,
      forMs: span.fromS - pendingS,
    },
  };
}

/** Since when the expression has returned something without a gap. It does so at `atS`. */
function trueSince({ steps }: ExpressionResult, atS: number): number {
  let sinceS = atS;
  for (let index = steps.findLastIndex((step) => step.s <= atS); index >= 0; index -= 1) {
    const step = steps[index];
    if (!step || step.samples.length === 0) break;
    sinceS = step.s;
  }
  return sinceS;
}

/** The scrape that an instant saw last, and the one before. */
function scrapesAround({ scrapes }: Segment, s: number): { readonly shownS: number; readonly beforeS: number } {
  const index = scrapes.findLastIndex((scrape) => scrape.s <= s);
  return { shownS: scrapes[index]?.s ?? s, beforeS: scrapes[index - 1]?.s ?? -Infinity };
}
