import type { Location } from '../../kernel/errors.ts';
import { fields, list, map, natural, number, positive, text } from '../shape.ts';
import { location } from './location.ts';

/** What the alerting and the recording rules of Prometheus share. */
interface Rule {
  readonly name: string;
  /** PromQL as Prometheus gets it. `locateInExpr` finds the place of a character in the file. */
  readonly expr: string;
  readonly exprMap: readonly TextAnchor[];
  /** With the labels of its group. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its rule group, if the block has groups. */
  readonly group: RuleGroup | undefined;
  /** From the rule's first line to its last. */
  readonly location: Location;
  /** Location of each field's value, by the field's name (`alert`, `expr`, `for`, `labels.severity`, …). */
  readonly fields: Readonly<Record<string, Location>>;
}

export interface AlertRule extends Rule {
  /** As written, e.g. `5m`; undefined if the rule has none. */
  readonly for: string | undefined;
  readonly keepFiringFor: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

/** It gives the result of its expression a new metric name. */
export type RecordingRule = Rule;

export interface RuleGroup {
  readonly name: string;
  /** As written, like `queryOffset`; undefined if the group has none. */
  readonly interval: string | undefined;
  readonly queryOffset: string | undefined;
  /** The most alerts of one rule; with more, Prometheus drops all of them. */
  readonly limit: number | undefined;
}

/** From this offset of a text on, its characters stand one after the other from this place in the file. */
export interface TextAnchor {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** What Prometheus would refuse in rules, or would silently drop. */
export interface RuleProblem {
  readonly message: string;
  /** The next step for the user, as a clause that follows a semicolon. */
  readonly next: string;
  readonly location: Location;
}

const group = fields<RuleGroup>({ name: text }, { interval: text, queryOffset: text, limit: number });
const ofEveryRule = {
  name: text,
  expr: text,
  exprMap: list(fields<TextAnchor>({ offset: natural, line: positive, column: positive })),
  labels: map(text),
  location,
  fields: map(location),
} as const;

export const alertRule = fields<AlertRule>(
  { ...ofEveryRule, annotations: map(text) },
  { group, for: text, keepFiringFor: text },
);
export const recordingRule = fields<RecordingRule>(ofEveryRule, { group });
export const ruleProblem = fields<RuleProblem>({ message: text, next: text, location });
