import type { Location } from '../../kernel/errors.ts';
import { bool, fields, integer, list, map, number, oneOf, strings, text } from '../shape.ts';
import {
  alertRule,
  recordingRule,
  ruleProblem,
  type AlertRule,
  type RecordingRule,
  type RuleProblem,
} from './alert-rules.ts';
import { location } from './location.ts';

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
  /** Where each block is. Absent in older histories. */
  readonly blocks?: readonly { readonly address: string; readonly location: Location }[];
  readonly thresholds: readonly ThresholdRow[];
  /** Absent in older histories, which then say nothing about alert rules. */
  readonly alerts?: {
    readonly rules: readonly AlertRule[];
    readonly recordings: readonly RecordingRule[];
    readonly problems: readonly RuleProblem[];
  };
  /** What was repaired while reading, e.g. a wrong encoding. */
  readonly repairs: readonly string[];
  /** In the order of the file. Absent in older histories. */
  readonly notUnderstood?: readonly NotUnderstood[];
  /** Its whole text, for pages that show it. No verdict depends on it. Absent in older histories. */
  readonly text?: string;
}

export const thresholdMetrics = ['waiting', 'active', 'failed', 'delayed', 'rate'] as const;
export type ThresholdMetric = (typeof thresholdMetrics)[number];

/** One row of the runbook's thresholds table. */
export interface ThresholdRow {
  readonly metric: ThresholdMetric;
  readonly normal: Range;
  readonly alert: Range;
  /** An earlier level of the alert, if the table has one. */
  readonly warning?: Range;
  readonly location: Location;
}

/** A part of the runbook that Drillbook can neither run nor check. It is a note, and no verdict depends on it. */
export interface NotUnderstood {
  /** What is not understood, and what to do about it. */
  readonly message: string;
  readonly location: Location;
  /** The part should state this threshold, which is therefore missing. The check `oracle` judges that. */
  readonly threshold?: ThresholdMetric;
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

const bound = fields<Bound>({ value: number, inclusive: bool });
const range = fields<Range>({ text }, { min: bound, max: bound });
export const thresholdRow = fields<ThresholdRow>(
  {
    metric: oneOf(...thresholdMetrics),
    normal: range,
    alert: range,
    location,
  },
  { warning: range },
);

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
  {
    version: text,
    blocks: list(fields<NonNullable<RunbookFacts['blocks']>[number]>({ address: text, location })),
    alerts: fields<NonNullable<RunbookFacts['alerts']>>({
      rules: list(alertRule),
      recordings: list(recordingRule),
      problems: list(ruleProblem),
    }),
    notUnderstood: list(fields<NotUnderstood>({ message: text, location }, { threshold: oneOf(...thresholdMetrics) })),
    text,
  },
);
