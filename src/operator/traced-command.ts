import type { Location } from '../kernel/errors.ts';
import { neverEnds } from '../runbook/never-ends.ts';
import { readTarget } from '../runbook/read-target.ts';
import type { Command } from '../runbook/runbook.ts';

/** A command of a block, as the trace needs it. Lines in the block count from 1. */
export interface TracedCommand {
  readonly text: string;
  /** First word without quotes, e.g. `docker`, `[`; empty for an assignment, and if an expansion decides it. */
  readonly name: string;
  /** Name and arguments without quotes; undefined for a word that an expansion decides. */
  readonly words: Command['words'];
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
  /** It stands for a command that ran but is not in the block. */
  readonly isUnmatched?: true;
  /** Nothing in the block comes after it: its last command, or a member of the last pipeline. */
  readonly isLast: boolean;
  /** The function that ends with its status, as its last command or a member of its last pipeline. */
  readonly endsFunction: string | undefined;
  /** The service or host that it asks, if it surely changes nothing. */
  readonly reads: string | undefined;
}

export function traceCommands(commands: readonly Command[]): readonly TracedCommand[] {
  const last = lastOf(commands);
  return commands.map((command) => ({
    ...command,
    // `time` is no command for bash, so the trace shows what follows it.
    name: (command.name === 'time' ? command.words.slice(1).find((word) => word !== '-p') : command.name) ?? '',
    // `[` and `test` are commands like any other; only `[[` is syntax.
    kind: command.kind === 'test' && !command.text.startsWith('[[') ? 'simple' : command.kind,
    neverEnds: neverEnds(command),
    isLast: last.has(command),
    endsFunction:
      command.pipeline && lastOf(inSameFunction(commands, command)).has(command) ? command.inFunction : undefined,
    reads: readTarget(command),
  }));
}

function inSameFunction(commands: readonly Command[], { inFunction }: Command): readonly Command[] {
  return commands.filter((other) => other.inFunction === inFunction && !other.inSubstitution);
}

function lastOf(commands: readonly Command[]): ReadonlySet<Command> {
  const last = new Set<Command>();
  let next: Command | undefined;
  for (const command of commands.toReversed()) {
    if (next && !(next.pipeline && command.pipeline?.index === next.pipeline.index - 1)) break;
    last.add(command);
    next = command;
  }
  return last;
}
