import type { Change, ReadBlock } from './read-block.ts';

/** A number in a block. */
interface Literal {
  readonly start: number;
  readonly text: string;
}

/** Every number of a block times a factor, as a hurried colleague changes it. */
export function* scaleNumbers(block: ReadBlock, factor: number): Generator<Change> {
  for (const { start, text } of findNumbers(block)) {
    const scaled = scale(text, factor);
    if (scaled !== undefined) yield { start, end: start + text.length, text: scaled };
  }
}

/** In whole numbers if it is one. Undefined if nothing is left, or if rounding undoes the change. */
function scale(text: string, factor: number): string | undefined {
  const value = Number(text.replaceAll('_', ''));
  const exact = value * factor;
  const scaled = Number.isInteger(value) ? roundFor(factor)(exact) : Number(exact.toPrecision(6));
  return scaled > 0 && scaled !== value ? String(scaled) : undefined;
}

function roundFor(factor: number): (value: number) => number {
  return factor === 0.5 ? Math.floor : Math.round;
}

function findNumbers(block: ReadBlock): readonly Literal[] {
  const found = new Map([...numbersInShell(block), ...numbersInPrograms(block)].map((one) => [one.start, one]));
  return [...found.values()].toSorted((one, other) => one.start - other.start);
}

/** A word of its own or the end of one, with its unit; a default; or an option such as `-20`. */
const numberInWord =
  /(?<=[\s="']|\$\{\w+:?-|\s-)(?:[1-9]\d*(?:\.\d+)?|0\.\d+)(?=(?:ms|[smhd]|[kmg]i?b?|%)?(?:["'\s;|&)}]|$))/gi;
/** What stands before a number that is an exit code, a port, a signal, or a count of keys. */
const meansNoAmount = /(?:\b(?:exit|return)|port|\s-p|\bkill\s+-|\bread\b.*\s-n|[<>])[\s=]*$/i;

/** Commands whose numbers are text, a mode, or what they search for. */
const hasNoAmounts = /^(?:echo|printf|chmod|[ef]?grep|rg|sed)$/;

function* numbersInShell({ commands, shell }: ReadBlock): Generator<Literal> {
  for (const { name, start, end } of commands) {
    if (name !== undefined && hasNoAmounts.test(name)) continue;
    // The character before the command stands in for the blank that a number needs before it.
    const text = shell.slice(start, end);
    const prompt = name === 'read' ? text.replaceAll(/"[^"]*"|'[^']*'/g, (word) => ' '.repeat(word.length)) : text;
    for (const { 0: number, index } of prompt.matchAll(numberInWord)) {
      if (!meansNoAmount.test(prompt.slice(0, index))) yield { start: start + index, text: number };
    }
  }
}

/** Settings of a connection, exit codes, and how many keys a scan looks at: other numbers mean the same. */
const meansNothing = /\b(?:maxRetriesPerRequest|port|db|family|exitCode)\s*[:=]\s*$|\bexit\(\s*$|["']COUNT["'],\s*$/i;
const negative = /(?:[=(,:?[{]|\breturn)\s*-$/;

function* numbersInPrograms({ programs }: ReadBlock): Generator<Literal> {
  for (const { start, text, masked } of programs) {
    for (const { 0: number, index } of masked.matchAll(/(?<![\w.$])(?:[1-9][\d_]*(?:\.\d+)?|0\.\d+)(?![\w.])/g)) {
      const before = text.slice(0, index);
      if (!meansNothing.test(before) && !negative.test(before)) yield { start: start + index, text: number };
    }
  }
}
