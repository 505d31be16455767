import type { Location } from '../../kernel/errors.ts';
import { bool, exactly, fields, integer, list, map, number, oneOf, positive, strings, text } from '../shape.ts';

/** What a history records of the runbook, so that the judge need not read it. */
export interface RunbookFacts {
  readonly file: string;
  readonly sha256: string;
  readonly title: string;
  readonly version: string | undefined;
  /** Versions the runbook states, e.g. { redis: '8.4.0', bullmq: '5' }. */
  readonly declaredVersions: Readonly<Record<string, string>>;
  readonly sections: readonly {
    readonly number: string;
    readonly title: string;
    readonly line: number;
    readonly endLine: number;
    readonly procedures: readonly string[];
  }[];
  readonly thresholds: readonly ThresholdRow[];
  /** What was repaired while reading, e.g. a wrong encoding. */
  readonly repairs: readonly string[];
}

export const thresholdMetrics = ['waiting', 'active', 'failed', 'delayed', 'rate'] as const;
export type ThresholdMetric = (typeof thresholdMetrics)[number];

/** One row of the runbook's thresholds table. */
export interface ThresholdRow {
  readonly metric: ThresholdMetric;
  readonly normal: Range;
  readonly alert: Range;
  readonly location: Location;
}

/** A range of values: `failed` per hour, `rate` per second, the others counts. */
export interface Range {
  /** As the runbook writes it. */
  readonly text: string;
  readonly min?: Bound;
  readonly max?: Bound;
}

interface Bound {
  readonly value: number;
  readonly inclusive: boolean;
}

/** Reports contain it as it is, so it may hold nothing else. */
export const location = exactly<Location>({ file: text, line: positive }, { column: positive, endLine: positive });

const bound = fields<Bound>({ value: number, inclusive: bool });
const range = fields<Range>({ text }, { min: bound, max: bound });
export const thresholdRow = fields<ThresholdRow>({
  metric: oneOf(...thresholdMetrics),
  normal: range,
  alert: range,
  location,
});

export const runbookFacts = fields<RunbookFacts>(
  {
    file: text,
    sha256: text,
    title: text,
    declaredVersions: map(text),
    sections: list(
      fields<RunbookFacts['sections'][number]>({
        number: text,
        title: text,
        line: integer,
        endLine: integer,
        procedures: strings,
      }),
    ),
    thresholds: list(thresholdRow),
    repairs: strings,
  },
  { version: text },
);
