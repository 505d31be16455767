import type { Location } from '../kernel/errors.ts';
import type { SourceText } from './source-text.ts';

/** A fenced code block, with the position of each line in the file. */
export interface Fence {
  readonly kind: 'fence';
  /** Line of the opening fence. */
  readonly line: number;
  readonly endLine: number;
  /** In lower case; empty if the fence names none. */
  readonly language: string;
  /** Lines end in `\n`. */
  readonly code: string;
  /** Set if the fence is not closed, so that its code is not known. */
  readonly unclosed?: Unclosed;
  /** Position in the file of the character at `offset` of the code. `endOffset` (exclusive) decides the last line. */
  locate(offset: number, endOffset?: number): Location;
}

interface Unclosed {
  readonly problem: string;
  /** The last line that can belong to it. A heading or another fence follows, or its container ends. */
  readonly until: number;
}

interface CodeNode {
  readonly value: string;
  readonly lang?: string | null | undefined;
  readonly position?:
    | { readonly start: { readonly line: number; readonly column: number }; readonly end: { readonly line: number } }
    | undefined;
}

/** Undefined for code that is only indented. */
export function readFence(node: CodeNode, source: SourceText): Fence | undefined {
  const line = node.position?.start.line ?? 1;
  const endLine = node.position?.end.line ?? line;
  const opening = /^(`{3,}|~{3,})/.exec(source.line(line).slice((node.position?.start.column ?? 1) - 1))?.[1];
  if (opening === undefined) return undefined;
  const lines = node.value.split(/\r\n|\n|\r/);
  const unclosed = findUnclosed(source, opening, line, endLine, lines);
  const code = lines.join('\n');
  const starts = lineStarts(code);
  return {
    kind: 'fence',
    line,
    endLine,
    language: /^\{?\.?([\w+-]*)/.exec(node.lang ?? '')?.[1]?.toLowerCase() ?? '',
    code,
    ...(unclosed && { unclosed }),
    locate(offset, endOffset) {
      const row = rowOf(starts, offset);
      const column = offset - (starts[row] ?? 0) + indentation(source.line(line + 1 + row), lines[row] ?? '') + 1;
      const endRow = endOffset === undefined ? undefined : rowOf(starts, Math.max(offset, endOffset - 1));
      return source.at(line + 1 + row, column, endRow === undefined ? undefined : line + 1 + endRow);
    },
  };
}

/** Finds the missing end of a fence: it runs to the end of its container, or over the begin of the next fence. */
function findUnclosed(
  source: SourceText,
  opening: string,
  line: number,
  endLine: number,
  lines: readonly string[],
): Unclosed | undefined {
  const mark = opening.charAt(0);
  const closing = new RegExp(`^[\\s>]*${mark}{${opening.length},}[ \\t]*$`);
  const reopening = new RegExp(`^ {0,3}${mark}{${opening.length},}[ \\t]*[\\w{]`);
  const swallowed = lines.findIndex((text) => reopening.test(text));
  if (swallowed === -1 && endLine > line && closing.test(source.line(endLine))) return undefined;
  const where = swallowed === -1 ? '' : ` before the one at line ${line + 1 + swallowed} opens`;
  const problem = `the block that opens here is not closed${where}; end it with a line ${opening}`;
  const limit = swallowed === -1 ? endLine : line + swallowed;
  const heading = lines.findIndex((_, row) => isHeading(lines, row));
  return { problem, until: heading === -1 ? limit : Math.min(limit, line + heading) };
}

/** One `#` also begins a comment of a shell, which rarely has a blank line on both sides. */
function isHeading(lines: readonly string[], row: number): boolean {
  const isBlank = (at: number): boolean => (lines[at] ?? '').trim() === '';
  const text = lines[row] ?? '';
  return /^#{2,6} +\S/.test(text) || (/^# +\S/.test(text) && isBlank(row - 1) && isBlank(row + 1));
}

/** Number of characters before the code in a line of the file: the indentation of a list, the mark of a quotation. */
function indentation(sourceLine: string, codeLine: string): number {
  if (sourceLine.endsWith(codeLine)) return sourceLine.length - codeLine.length;
  // If only a part of a tab is indentation, the rest becomes spaces in the code.
  const text = codeLine.trimStart();
  return sourceLine.length - text.length - (codeLine.length - text.length);
}

/** Offset of each line's first character. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the line that holds the offset, by bisection. */
export function rowOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
