import type { ShellCommand } from '../runbook/shell-command.ts';
import type { Change, Program, ReadBlock } from './read-block.ts';

/** Two statements of a program, or two steps of a block that `swap-steps` leaves, change places. */
export function* swapStatements(block: ReadBlock): Generator<Change> {
  for (const program of block.programs) yield* swapInProgram(program);
  yield* swapSteps(block);
}

/** A call, a loop of one statement, or a condition that skips what follows. */
const statement =
  /^\s*(?:for \(.*\) )?(?:await\b[^=]*|[\w.]+\(.*\).*);\s*$|^\s*if \(.*\) (?:continue|break|return);\s*$/;
const ends = /\.(?:close|disconnect|quit)\(|^\s*\}/;
const prints = /^\s*(?:for \(.*\) )?console\./;
/** Commands that change nothing. */
const looks = /^\s*(?:docker(?:\s+compose|-compose)?\s+(?:ps|logs|stats|top|images|config|inspect)|curl)\b/;

function* swapInProgram({ text, masked, start }: Program): Generator<Change> {
  const lines = text.split('\n');
  const code = masked.split('\n');
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    const next = lines[index + 1] ?? '';
    const [one = '', other = ''] = code.slice(index, index + 2);
    if (
      indentOf(line) === indentOf(next) &&
      matters(one, other) &&
      [one, other].every((each) => statement.test(each) && !ends.test(each))
    ) {
      const from = start + offset;
      yield { start: from, end: from + line.length + 1 + next.length, text: `${next}\n${line}` };
    }
    offset += line.length + 1;
  }
}

/** What is printed depends on the order only if it is asked for there, and not if both statements print. */
function matters(one: string, other: string): boolean {
  const printing = [one, other].filter((each) => prints.test(each));
  return printing.length < 2 && printing.every((each) => each.includes('await '));
}

interface Step {
  /** Offsets of its lines, from the first character to the newline. */
  readonly start: number;
  readonly end: number;
  readonly rows: number;
}

function* swapSteps(block: ReadBlock): Generator<Change> {
  const { code } = block;
  const steps = block.commands.filter((command) => isStep(command, code)).map((command) => linesOf(command, code));
  for (const [index, one] of steps.entries()) {
    const other = steps[index + 1];
    if (!other || other.start <= one.end) continue;
    const between = code.slice(one.end, other.start);
    const [first, second] = [one, other].map(({ start, end }) => code.slice(start, end));
    const isApart = one.rows > 1 || other.rows > 1 || between !== '\n';
    if (!first || !second || !isApart || (looks.test(first) && looks.test(second))) continue;
    if (/^\n(?:[ \t]*(?:#.*)?\n)*$/.test(between) && indentOf(first) === indentOf(second))
      yield { start: one.start, end: other.end, text: second + between + first };
  }
}

function isStep({ start, kind, name, pipeline, inSubstitution }: ShellCommand, code: string): boolean {
  const isFirst = /(?:^|\n)[ \t]*$/.test(code.slice(0, start));
  return (
    kind === 'simple' &&
    name !== 'echo' &&
    name !== 'read' &&
    !inSubstitution &&
    (pipeline?.index ?? 0) === 0 &&
    isFirst
  );
}

function linesOf({ start, end }: ShellCommand, code: string): Step {
  const from = code.lastIndexOf('\n', start) + 1;
  const newline = code.indexOf('\n', end - 1);
  const to = newline === -1 ? code.length : newline;
  return { start: from, end: to, rows: code.slice(from, to).split('\n').length };
}

function indentOf(text: string): string {
  return text.slice(0, text.length - text.trimStart().length);
}
