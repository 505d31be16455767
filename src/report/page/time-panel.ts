import type { Clocks } from './clocks.ts';
import type { Recording } from './recording.ts';

/**
 * A stretch of recorded time as a page shows it: lanes of what happened, charts of what was measured, and a terminal,
 * all under one cursor. Every time is real ms since the run's start.
 */
export interface TimePanel {
  /** Unique on the page: letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What a reader should know before the picture. */
  readonly note: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly clocks: Clocks;
  /** Instants that matter for every lane and chart. */
  readonly marks: readonly PanelMark[];
  readonly lanes: readonly Lane[];
  readonly charts: readonly Chart[];
  readonly terminal: Recording | undefined;
  /**
   * Panels of one group are compared: a cursor in one of them moves that of the others, to the same time since their
   * `origin`.
   */
  readonly compared: { readonly group: string; readonly origin: number } | undefined;
}

export interface PanelMark {
  readonly t: number;
  readonly text: string;
  readonly kind: 'fault' | 'recovery';
}

/** A share of the panel's time, 0 to 1. */
export function shareOf(t: number, { from, to }: Pick<TimePanel, 'from' | 'to'>): number {
  return (t - from) / (to - from);
}

/** Things that happened, in one row. */
export interface Lane {
  readonly name: string;
  readonly items: readonly LaneItem[];
}

export interface LaneItem {
  readonly from: number;
  /** The same as `from` for something without a duration. */
  readonly to: number;
  readonly text: string;
  /** More than fits into the row. */
  readonly detail: string;
  readonly tone: Tone;
  /** Id of the element with more about it. */
  readonly target?: string;
}

/** `good`, `bad` and `unclear` get a sign as well, because a color alone says nothing to some readers. */
export type Tone = 'plain' | 'good' | 'bad' | 'unclear' | 'fault';

export interface Chart {
  readonly name: string;
  /** How the numbers are counted. */
  readonly note: string;
  readonly series: readonly ChartSeries[];
  readonly limits: readonly ChartLimit[];
}

export interface ChartSeries {
  readonly name: string;
  /** In the order of time. Undefined: not known from here on. */
  readonly points: readonly ChartPoint[];
  /** How its line looks. */
  readonly line: 'solid' | 'dashed' | 'dotted' | 'faint';
}

export interface ChartPoint {
  readonly t: number;
  readonly value: number | undefined;
}

export interface ChartLimit {
  /** As the runbook writes it, e.g. `alert > 5000`. */
  readonly text: string;
  readonly value: number;
  readonly kind: 'normal' | 'alert';
}
