import type { Procedure } from '../runbook/runbook.ts';

/** A runbook with one change. No line is added or removed, so that all other lines keep their numbers. */
export interface Mutant {
  /** `drop-line:169`, with a number at the end if the operator changes the line in several ways. */
  readonly id: string;
  readonly operator: string;
  readonly line: number;
  /** Address of the changed block; undefined for the thresholds table. */
  readonly address: string | undefined;
  /** The first line that changed, before and after. */
  readonly before: string;
  readonly after: string;
  /** The part that changed, if the operator names it. */
  readonly change?: TextChange;
  /** The whole runbook. */
  readonly text: string;
}

/** A part of a block, before and after, with the line around it. */
export interface TextChange {
  readonly was: string;
  readonly is: string;
  /** The line up to the part. */
  readonly lead: string;
  /** The line after the part. */
  readonly rest: string;
}

/** Replaces the lines from `line` on, one for one. Lines count from 1. */
export interface Edit {
  readonly line: number;
  readonly lines: readonly string[];
}

/** The names of the fleet. */
export interface FleetNames {
  readonly queues: readonly string[];
  readonly services: readonly string[];
}

/** What an operator may change: one block, and the names of the fleet in it. */
export interface MutableBlock extends FleetNames {
  readonly procedure: Procedure;
  /** All lines of the runbook; the first has the index 0. */
  readonly lines: readonly string[];
}

/** One kind of mistake in a runbook. */
export interface MutationOperator {
  readonly name: string;
  readonly mutate: (block: MutableBlock) => Iterable<Edit>;
}
