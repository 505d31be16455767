/**
 * The lines of `metrics.jsonl`, which stands beside `history.jsonl`: what the fleet's metrics endpoints answered,
 * scrape by scrape. Instants are sandbox ms since 1970, like `s` in the history.
 *
 *   metrics.started ─► (series | scrape)*
 *
 * A series is introduced once, before its first sample, and has a number from then on. A scrape names only the series
 * whose value differs from the target's scrape before in the same arm; `full` scrapes name all. `gone` lists the series
 * that the target no longer exports. A scrape with `failed` has no samples: all series of its target end there.
 */
import type { Arm } from './events.ts';

export type MetricsLine = MetricsStarted | SeriesSeen | Scrape;

/** The first line. */
export interface MetricsStarted {
  readonly type: 'metrics.started';
  readonly metricsVersion: 1;
  readonly run: string;
  /** Sandbox ms between two scrapes of a target. */
  readonly intervalMs: number;
}

export const metricKinds = ['counter', 'gauge', 'histogram', 'summary', 'untyped'] as const;
/** As the target declares it (`# TYPE`). */
export type MetricKind = (typeof metricKinds)[number];

export interface SeriesSeen {
  readonly type: 'series';
  readonly id: number;
  readonly name: string;
  /** Without the name; with `job` and `instance`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly kind: MetricKind;
}

/** JSON has no NaN and no infinity. */
export type MetricValue = number | 'NaN' | '+Inf' | '-Inf';

export interface Scrape {
  readonly type: 'scrape';
  /** Absent in a recording of a healthy fleet. */
  readonly scenario?: string;
  readonly arm?: Arm;
  /** The `job` label of the target. */
  readonly target: string;
  /** Its `instance` label: several targets can have one job. Absent in older recordings. */
  readonly instance?: string;
  /** When the request started. */
  readonly s: number;
  /** Sandbox ms from the request to the last byte. */
  readonly tookMs: number;
  readonly full: boolean;
  readonly samples: readonly (readonly [id: number, value: MetricValue])[];
  readonly gone: readonly number[];
  readonly failed?: {
    readonly message: string;
    /** The machine that runs Drillbook was too slow. The fleet may be well, so rules cannot be judged here. */
    readonly late: boolean;
  };
}
