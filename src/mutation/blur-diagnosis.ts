import { isCure } from './find-cures.ts';
import type { Change, Program, ReadBlock } from './read-block.ts';

/** Two labels and their values: in a template, in an object, and among the arguments of a call. */
const labelled = [
  /\w+(?:=|: ?)\$\{([^{}`]+)\}[^\n`$]*?\w(?:=|: ?)\$\{([^{}`]+)\}/,
  /\b\w+: (\w+\.\w+), \w+: (\w+\.\w+)(?=[ ,}])/,
  /"[^"\n]*", ([\w.]+), "[^"\n]*", ([\w.]+)(?=[,)])/,
] as const;

/** The values of two neighbouring labels change places. */
export function* swapLabels({ programs }: ReadBlock): Generator<Change> {
  for (const program of programs) for (const pattern of labelled) yield* swapPairs(program, pattern);
}

function* swapPairs({ text, masked, start }: Program, pattern: RegExp): Generator<Change> {
  for (let from = 0; ;) {
    const match = new RegExp(pattern, 'd');
    const [pair, one, other] = match.exec(text.slice(from))?.indices ?? [];
    if (!pair || !one || !other) return;
    const [first, second] = [text.slice(from + one[0], from + one[1]), text.slice(from + other[0], from + other[1])];
    const between = text.slice(from + one[1], from + other[0]);
    // The text of a string is blank in the masked program.
    const isCode =
      masked.charAt(from + one[0]) === first.charAt(0) && masked.charAt(from + other[0]) === second.charAt(0);
    if (isCode && first !== second) {
      yield { start: start + from + one[0], end: start + from + other[1], text: second + between + first };
    }
    // The second label of this pair is the first of the next one.
    from += one[1];
  }
}

/** A sum of `counts.waiting + counts.paused` lacks one of its terms. */
export function* dropTerm({ programs }: ReadBlock): Generator<Change> {
  for (const { masked, start } of programs) {
    for (const { 0: sum, 1: base, index } of masked.matchAll(/\b(\w+)\.\w+(?: \+ \1\.\w+)+(?![\w.(])/g)) {
      const terms = sum.split(' + ');
      if (base === undefined) continue;
      for (const [left] of terms.entries())
        yield { start: start + index, end: start + index + sum.length, text: terms.toSpliced(left, 1).join(' + ') };
    }
  }
}

/** A statement that prints, on a line of its own. */
const printing = /^[ \t]*(?:(?:for|if) \(.*\) )?console\.\w+\(.*\);[ \t]*$/gm;

/** Nothing but a text, which is blank in a masked program. */
function isHeading(line: string): boolean {
  return /^\s*console\.\w+\((?:"\s*"|'\s*'|`\s*`)?\);/.test(line);
}

/** A program that only looks prints one line less. */
export function* hideLines({ programs }: ReadBlock): Generator<Change> {
  for (const program of programs) {
    if (isCure(program)) continue;
    for (const { 0: line, index } of program.masked.matchAll(printing)) {
      if (isHeading(line)) continue;
      const at = program.start + index;
      yield { start: at, end: at + line.length, text: '' };
    }
  }
}
