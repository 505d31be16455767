import type { z } from 'zod';

import type { ScenarioPlan, ThresholdMetric, ThresholdRow } from '../history/events.ts';
import type { Moment } from '../record/timeline.ts';
import type { QueueSelector } from './queue-selector.ts';

/** Something that a scenario names and the runbook lacks. */
export type Unbound = ScenarioPlan['unbound'][number];

/** Resolves the names in a claim against one fleet and one runbook. */
export interface ClaimNames {
  /** @throws InputError if the fleet has no such queue or service */
  queues(selector: QueueSelector): readonly string[];
  /** @throws InputError if the fleet has no such service */
  service(name: string): string;
  threshold(metric: ThresholdMetric): ThresholdRow | Unbound;
}

/** A step of a procedure, by the moments at which it began and ended; real ms since the run began. */
export interface StepSpan {
  readonly startedT: number;
  readonly endedT: number;
}

/**
 * One kind of claim: how a scenario states it, how a history records it, and when it holds.
 *
 *   scenario file ── spec ──► bind ──► recorded (in the plan, with its text) ──► holds
 */
export interface ClaimKind<Spec extends z.ZodObject = z.ZodObject, Recorded extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** How a scenario file states it. */
  readonly spec: Spec;
  /** What the history records of it besides `claim` and `text`. Old recordings must keep to it. */
  readonly recorded: Recorded;
  /** True if a single moment decides it. Only such a claim can hold at every moment of a step. */
  readonly momentary: boolean;
  bind(spec: z.output<Spec>, names: ClaimNames): z.output<Recorded> | Unbound;
  /** One clause for a person: `worker-mail is restarted`. */
  text(spec: z.output<Spec>, bound: z.output<Recorded>): string;
  /**
   * Whether it holds at the last of these moments. They begin where the claim's window begins.
   * Undefined: the record does not say.
   */
  holds(claim: z.output<Recorded>, moments: readonly Moment[]): boolean | undefined;
  /** A faster answer to whether it held at any of these moments. The default asks `holds` at each of them. */
  everHolds?(claim: z.output<Recorded>, moments: readonly Moment[]): boolean | undefined;
  /** The moments that show whether a step achieved it. The default is every moment from the step's end on. */
  momentsOfStep?(moments: readonly Moment[], span: StepSpan): readonly Moment[];
}

/** Returns the kind unchanged; the types of its functions follow from its two schemas. */
export function defineClaim<Spec extends z.ZodObject, Recorded extends z.ZodObject>(
  kind: ClaimKind<Spec, Recorded>,
): ClaimKind<Spec, Recorded> {
  return kind;
}
