/** A recorded run as alert rules see it: series over sandbox time, one segment for each arm. */
import type { Arm } from '../history/events.ts';
import type { MetricKind } from '../history/metrics.ts';

/** The scrapes of one arm of one scenario, or of one stretch with a healthy fleet. No rule sees across its borders. */
export interface Segment {
  /** `queue-paused/treatment`, or `healthy`. */
  readonly name: string;
  readonly scenario: string | undefined;
  readonly arm: Arm | undefined;
  /** Sandbox ms of the first scrape. */
  readonly startS: number;
  /** Sandbox ms of the last scrape. */
  readonly endS: number;
  /** Sandbox ms between two scrapes of a target. */
  readonly intervalMs: number;
  readonly series: readonly RecordedSeries[];
  readonly scrapes: readonly ScrapeMark[];
}

export interface RecordedSeries {
  readonly name: string;
  /** Without the name; with `job` and `instance`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly kind: MetricKind;
  /** In the order of time. Every scrape that saw the series has a point, also if the value is the same. */
  readonly points: readonly Point[];
}

/** A sample, or the marker with which Prometheus ends a series at once. */
export interface Point {
  /** Sandbox ms. */
  readonly s: number;
  readonly value: number | 'stale';
}

export interface ScrapeMark {
  /** Its `job` label. */
  readonly target: string;
  /** Absent in older recordings. */
  readonly instance?: string;
  readonly s: number;
  readonly tookMs: number;
  readonly ok: boolean;
  /** It failed because the machine that runs Drillbook was too slow. */
  readonly late: boolean;
}
