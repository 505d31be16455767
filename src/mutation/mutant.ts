import type { Procedure } from '../runbook/runbook.ts';

/** One thing changed in a runbook. No line is added or taken away, so that every other stays where it was. */
export interface Mutant {
  /** `drop-line:169`; with a number behind it where the operator changes the line in several ways. */
  readonly id: string;
  readonly operator: string;
  readonly line: number;
  /** Address of the block that was changed; undefined for the table of thresholds. */
  readonly address: string | undefined;
  /** The first line that changed, before and after. */
  readonly before: string;
  readonly after: string;
  /** The whole runbook. */
  readonly text: string;
}

/** Lines from `line` on (from 1) and what takes their place, one for one. */
export interface Edit {
  readonly line: number;
  readonly lines: readonly string[];
}

/** What an operator may change: one block, and the names of the fleet that may stand in it. */
export interface MutableBlock {
  readonly procedure: Procedure;
  /** All lines of the runbook; the first has the index 0. */
  readonly lines: readonly string[];
  readonly queues: readonly string[];
  readonly services: readonly string[];
}

/** One way in which a runbook goes wrong. */
export interface MutationOperator {
  readonly name: string;
  readonly mutate: (block: MutableBlock) => Iterable<Edit>;
}
