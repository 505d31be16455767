import { hasOnlyPrograms, hidesFailures } from '../runbook/hides-failures.ts';
import { parseShell } from '../runbook/parse-shell.ts';
import type { ShellGrammar } from '../runbook/shell-grammar.ts';
import { innerScript } from './inner-script.ts';
import { createMatcher, type CommandMatcher } from './match-command.ts';
import type { ShellRecord } from './parse-trace.ts';
import { traceCommands, type TracedCommand } from './traced-command.ts';

/** A script that a command of the block evaluates, or gives to a further shell. */
export interface NestedScript {
  /** A command of it can fail unseen, unless a traced shell runs it. */
  readonly hidesFailures: boolean;
  /** A traced shell runs it. `eval` runs in the same shell; bash reports when it starts. */
  isTraced: boolean;
  /** A plain sh runs it, of which only the programs that it starts show. */
  readonly isPlain: boolean;
  /** Each command of it that matters is a program, so a plain sh shows them all. */
  readonly hasOnlyPrograms: boolean;
  readonly match: CommandMatcher;
}

/** @returns undefined if the command runs no script that stands in its words */
export type ReadNested = (outer: TracedCommand, record: ShellRecord) => NestedScript | undefined;

/** @param code of the block, for here-documents */
export function createNestedReader(grammar: ShellGrammar, code: string): ReadNested {
  const lines = code.split('\n');
  return (outer, record) => {
    const body = outer.text.includes('<<')
      ? lines.slice(outer.lineInBlock, outer.endLineInBlock - 1).join('\n')
      : undefined;
    const inner = outer.kind === 'simple' ? innerScript(record.text, body) : undefined;
    if (!inner) return undefined;
    const script = parseShell(inner.code, grammar);
    const last = script.commands.findLast(({ role, inFunction }) => role === 'command' && inFunction === undefined);
    const commands = script.commands.map((command) => ({
      ...command,
      // The status of the whole is that of its last command, and decides what the status of the whole decides.
      role: command === last && outer.role === 'condition' ? 'condition' : command.role,
      location: outer.location,
      lineInBlock: outer.lineInBlock,
      endLineInBlock: outer.endLineInBlock,
    }));
    return {
      hidesFailures: hidesFailures(inner.code, script, inner),
      isTraced: inner.where === 'eval',
      isPlain: inner.where === 'other',
      hasOnlyPrograms: hasOnlyPrograms(script),
      match: createMatcher(
        traceCommands(commands).map((command) => ({ ...command, isLast: false })),
        undefined,
      ),
    };
  };
}
