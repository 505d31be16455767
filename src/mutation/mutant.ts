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
  /** The whole runbook. */
  readonly text: string;
}

/** Replaces the lines from `line` on, one for one. Lines count from 1. */
export interface Edit {
  readonly line: number;
  readonly lines: readonly string[];
}

/** What an operator may change: one block, and the names of the fleet in it. */
export interface MutableBlock {
  readonly procedure: Procedure;
  /** All lines of the runbook; the first has the index 0. */
  readonly lines: readonly string[];
  readonly queues: readonly string[];
  readonly services: readonly string[];
}

/** One kind of mistake in a runbook. */
export interface MutationOperator {
  readonly name: string;
  readonly mutate: (block: MutableBlock) => Iterable<Edit>;
}
