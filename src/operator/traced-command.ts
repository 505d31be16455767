import type { Location } from '../kernel/errors.ts';
import { neverEnds } from '../runbook/never-ends.ts';
import type { Command } from '../runbook/runbook.ts';

/** A command of a block, as the trace needs it. Lines in the block count from 1. */
export interface TracedCommand {
  readonly text: string;
  /** First word without quotes, e.g. `docker`, `[`; empty for an assignment, and if an expansion decides it. */
  readonly name: string;
  readonly location: Location;
  readonly lineInBlock: number;
  readonly endLineInBlock: number;
  /** `condition`: the status decides an if, while, && or ||. */
  readonly role: 'command' | 'condition' | 'background';
  /** Has a `!` in front. */
  readonly negated: boolean;
  readonly pipeline?: { readonly index: number; readonly size: number } | undefined;
  readonly kind: 'simple' | 'test' | 'arithmetic' | 'assignment' | 'declaration';
  readonly inSubshell: boolean;
  /** Is inside `$(...)`, backticks, `<(...)` or `>(...)`. */
  readonly inSubstitution: boolean;
  /** Such as `logs -f` or `watch`; cut after a while. */
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
