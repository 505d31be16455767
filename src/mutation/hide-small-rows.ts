import { isCure } from './find-cures.ts';
import type { Change, Program, ReadBlock } from './read-block.ts';

/** Rows with fewer of what they count are hidden. */
const least = 10;

/** A program that only looks hides the rows whose figure is small: a colleague finds the output too long. */
export function* hideSmallRows({ programs }: ReadBlock): Generator<Change> {
  for (const program of programs) {
    if (isCure(program)) continue;
    yield* filterRows(program);
    yield* skipRows(program);
  }
}

/** The rows that a filter lets through become fewer. */
function* filterRows({ masked, start }: Program): Generator<Change> {
  const figure = figureOf(masked);
  if (figure === undefined) return;
  for (const { 0: filter, 1: row = '', index } of masked.matchAll(/\.filter\(\((\w+)\) => /g)) {
    const from = index + filter.length;
    const to = closingOf(masked, from);
    if (!masked.slice(from, to).includes(`${row}.`)) continue;
    const at = start + to;
    yield { start: at, end: at, text: ` && ${row}.${figure} >= ${least}` };
  }
}

/** A line that is printed for each row is printed for large ones only. */
function* skipRows({ masked, start }: Program): Generator<Change> {
  for (const { 0: line, index } of masked.matchAll(/^[ \t]*(?:for \(const (?:\w+) of .*\) )?console\.\w+\(.*\);/gm)) {
    const figure = figureOfLine(line, index, masked);
    if (figure === undefined) continue;
    const at = start + index + line.search(/console\.\w+\(/);
    yield { start: at, end: at, text: `if (${figure} >= ${least}) ` };
  }
}

function figureOfLine(line: string, index: number, masked: string): string | undefined {
  const [, row] = /^\s*for \(const (\w+) of /.exec(line) ?? [];
  if (row !== undefined) {
    const figure = line.includes('.filter(') ? undefined : figureOf(masked);
    return figure === undefined ? undefined : `${row}.${figure}`;
  }
  if (!isInLoop(masked, index)) return undefined;
  const printed = [...line.matchAll(/\$\{(\w+(?:\.\w+)?)\}/g)].map(([, value = '']) => value);
  return printed.find((value) => isFigure(value, masked));
}

/** The property of a row that the program compares as a number. */
function figureOf(masked: string): string | undefined {
  return /\b\w+\.(\w+) (?:>=?|<=?|-) (?:\d|\w+\.\1\b)/.exec(masked)?.[1];
}

/** Whether a value is a number of jobs: a sum, a length or one of the counts. */
function isFigure(value: string, masked: string): boolean {
  if (/^counts\.|\.length$/.test(value)) return true;
  const sumOrLength = String.raw`(?:[\w.]+\.length|\w+\.\w+(?: \+ \w+\.\w+)+)\s*;`;
  return new RegExp(`\\b(?:const|let) ${RegExp.escape(value)} = ${sumOrLength}`).test(masked);
}

/** Whether a place in a program is within the braces of a loop. */
function isInLoop(masked: string, index: number): boolean {
  const open: number[] = [];
  for (let at = 0; at < index; at += 1) {
    if (masked[at] === '{') open.push(at);
    if (masked[at] === '}') open.pop();
  }
  return open.some((at) => /(?:\bfor \(.*\)|\bwhile \(.*\)|\bdo) $/.test(masked.slice(0, at)));
}

/** Where the bracket closes that is open at this place. */
function closingOf(masked: string, from: number): number {
  let depth = 0;
  for (let at = from; at < masked.length; at += 1) {
    if (masked[at] === '(') depth += 1;
    if (masked[at] === ')') {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return masked.length;
}
