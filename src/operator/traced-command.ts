import type { Location } from '../kernel/errors.ts';
import { neverEnds } from '../runbook/never-ends.ts';
import type { Command } from '../runbook/runbook.ts';

/** What the operator must know of one command of a block; lines in the block count from 1. */
export interface TracedCommand {
  readonly text: string;
  /** First word without its quotes, e.g. `docker`, `[`; empty for an assignment, and where an expansion decides it. */
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
  readonly neverEnds: boolean;
}

export function traceCommands(commands: readonly Command[]): readonly TracedCommand[] {
  return commands.map((command) => ({
    ...command,
    name: command.name ?? '',
    // `[` and `test` are commands like any other; only `[[` is syntax.
    kind: command.kind === 'test' && !command.text.startsWith('[[') ? 'simple' : command.kind,
    neverEnds: neverEnds(command),
  }));
}
