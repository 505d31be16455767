import { hasOnlyPrograms, hidesFailures, mayRightlyFail } from '../runbook/hides-failures.ts';
import { parseShell, type ShellScript } from '../runbook/parse-shell.ts';
import type { ShellGrammar } from '../runbook/shell-grammar.ts';
import { innerScript, quoteWord, type InnerScript } from './inner-script.ts';
import { createMatcher, type CommandMatcher } from './match-command.ts';
import type { ShellRecord } from './parse-trace.ts';
import { traceCommands, type TracedCommand } from './traced-command.ts';

/** A script that a command of the block evaluates, or gives to a further shell. */
export interface NestedScript {
  /** A command of it can fail unseen, unless a traced shell runs it. */
  readonly hidesFailures: boolean;
  /** The plain sh that runs it reported an error of its own, and no condition of the script can be the reason. */
  hasFailedUnseen?: boolean;
  /** A condition of it may fail in a way of which a plain sh shows only that something failed. */
  readonly canFailRightly: boolean;
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
      hidesFailures: hidesAnywhere(inner, script, grammar),
      canFailRightly: mayRightlyFail(script),
      isTraced: inner.where === 'eval',
      isPlain: inner.where === 'other',
      hasOnlyPrograms: hasOnlyPrograms(script),
      match: createMatcher(
        traceCommands(commands).map((command) => ({ ...command, name: startedBy(command, inner), isLast: false })),
        undefined,
      ),
    };
  };
}

/** The name under which a command shows. A plain sh shows the program that `exec` starts, but not `exec` itself. */
function startedBy({ name, words }: TracedCommand, { where }: InnerScript): string {
  return where === 'other' && /^(?:exec|command)$/.test(name) ? (words[1] ?? '') : name;
}

/** Whether a script hides failures, or a script that one of its commands gives to a further shell. */
function hidesAnywhere(inner: InnerScript, script: ShellScript, grammar: ShellGrammar): boolean {
  if (hidesFailures(inner.code, script, inner)) return true;
  return script.commands.some(({ role, words }) => {
    if (role === 'condition' || !words.every((word) => word !== undefined)) return false;
    const further = innerScript(words.map(quoteWord).join(' '));
    return further !== undefined && hidesAnywhere(further, parseShell(further.code, grammar), grammar);
  });
}
