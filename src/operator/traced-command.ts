import type { Location } from '../kernel/errors.ts';

/** What the operator must know of one command of a block; lines in the block count from 1. */
export interface TracedCommand {
  readonly text: string;
  /** First word as written, e.g. `docker`, `[`, `$TOOL`; empty for an assignment. */
  readonly name: string;
  readonly location: Location;
  readonly lineInBlock: number;
  readonly endLineInBlock: number;
  /** `condition`: its status decides an if/while/&&/||. */
  readonly role: 'command' | 'condition' | 'background';
  /** Stands behind a `!`. */
  readonly negated: boolean;
  readonly pipeline?: { readonly index: number; readonly size: number } | undefined;
  readonly kind: 'simple' | 'test' | 'arithmetic' | 'assignment' | 'declaration';
  readonly inSubshell: boolean;
  /** Stands in `$(...)`, backticks, `<(...)` or `>(...)`. */
  readonly inSubstitution: boolean;
  /** `logs -f`, `watch` and the like: cut after a while. */
  readonly neverEnds?: boolean | undefined;
}

export interface TracedProcedure {
  readonly address: string;
  /** The block as it stands in the runbook, run as it is. */
  readonly code: string;
  readonly location: Location;
  readonly commands: readonly TracedCommand[];
  /** Placeholders and parameters that nothing filled; passed on to the history. */
  readonly unfilled?: readonly string[] | undefined;
}
