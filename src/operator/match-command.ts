import type { ShellRecord } from './parse-trace.ts';
import type { TracedCommand } from './traced-command.ts';

/**
 * The command of the block from which a record came; undefined for other records (`for` heads, `eval`, trap
 * handlers).
 */
export type CommandMatcher = (record: ShellRecord) => TracedCommand | undefined;

/**
 * Finds the command for a record by line, then by the literal text that both share, then by order. Inside `$(...)` bash
 * 5.2 counts lines from the end of the enclosing command, so that only text and order count there.
 * @param script as bash names the file. Undefined: the commands of a nested script, of which only text and order count
 */
export function createMatcher(commands: readonly TracedCommand[], script: string | undefined): CommandMatcher {
  const sources = commands.map((command) => ({ command, pieces: literalPieces(command), runs: 0 }));
  const lastIndex = new Map<number, number>();

  return (record) => {
    if (script !== undefined && record.source !== script) return undefined;
    const near = sources.filter(
      ({ command }) => (script === undefined || isNear(command, record)) && agrees(command, record.text),
    );
    const best = Math.max(...near.map((source) => similarity(source.pieces, record.text)));
    const tied = near.filter((source) => similarity(source.pieces, record.text) === best);
    const previous = lastIndex.get(record.pid);
    const next = previous === undefined ? undefined : tied.find((source) => sources.indexOf(source) > previous);
    const chosen = next ?? tied.toSorted((a, b) => a.runs - b.runs)[0];
    if (!chosen) return undefined;
    chosen.runs += 1;
    lastIndex.set(record.pid, sources.indexOf(chosen));
    return chosen.command;
  };
}

function isNear(command: TracedCommand, record: ShellRecord): boolean {
  if (command.inSubstitution) return record.level > 0;
  return record.level === 0 && command.lineInBlock <= record.line && record.line <= command.endLineInBlock;
}

/** Whether the record can be an execution of the command. */
function agrees(command: TracedCommand, text: string): boolean {
  switch (command.kind) {
    case 'test':
      return text.startsWith('[[ ');
    case 'arithmetic':
      return text.startsWith('((');
    case 'assignment':
      return isAssignment(text);
    case 'simple':
    case 'declaration':
      return isLiteral(command.name) ? firstWord(text) === unquoted(command.name) : !isShellSyntax(text);
  }
}

export function isAssignment(text: string): boolean {
  return /^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/.test(text);
}

/** The first variable that an assignment sets. */
export function assignedName(text: string): string | undefined {
  return /^\s*([A-Za-z_]\w*)(\[[^\]]*\])?\+?=/.exec(text)?.[1];
}

/** Whether a record that matches no command is a step of its own: no head of a loop, and no test that only decides. */
export function isStep(text: string): boolean {
  return !isShellSyntax(text) && !/^(?:'?\[|test|trap|return|exit|break|continue)(?:\s|$)/.test(text);
}

function isShellSyntax(text: string): boolean {
  return /^(\[\[ |\(\(|for \w+ in|select \w+ in|case .* in$)/.test(text) || isAssignment(text);
}

function isLiteral(name: string): boolean {
  return name !== '' && !/[$`*?~{]/.test(name);
}

function unquoted(word: string): string {
  return word.replaceAll(/["'\\]/g, '');
}

function firstWord(text: string): string {
  return /^'([^']*)'/.exec(text)?.[1] ?? unquoted(/^\S*/.exec(text)?.[0] ?? '');
}

/** The parts of the source that expansion does not change. */
function literalPieces(command: TracedCommand): readonly string[] {
  const plain = command.text
    .replaceAll(/\$\{[^}]*\}|\$\(+[^)]*\)+|\$\w+|\$./g, ' ')
    .replaceAll(/\d*(?:[<>]{1,3}&?|&>)\s*\S+/g, ' ');
  return plain
    .split(/[\s'"`;&|<>(){}$\\=]+/)
    .filter(Boolean)
    .slice(0, 40);
}

function similarity(pieces: readonly string[], text: string): number {
  if (pieces.length === 0) return 0;
  return pieces.filter((piece) => text.includes(piece)).length / pieces.length;
}
