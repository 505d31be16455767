import { InputError, type Location } from '../kernel/errors.ts';
import type { SourceText } from './source-text.ts';

/** A fenced code block and where each of its lines stands in the file. */
export interface Fence {
  readonly kind: 'fence';
  /** Of the opening fence. */
  readonly line: number;
  readonly endLine: number;
  /** In lower case; empty when the fence names none. */
  readonly language: string;
  /** Lines end in `\n`. */
  readonly code: string;
  /** Where the character at `offset` of the code stands in the file; `endOffset` (exclusive) gives the last line. */
  locate(offset: number, endOffset?: number): Location;
}

interface CodeNode {
  readonly value: string;
  readonly lang?: string | null | undefined;
  readonly position?:
    | { readonly start: { readonly line: number; readonly column: number }; readonly end: { readonly line: number } }
    | undefined;
}

/**
 * Undefined for code that is merely indented.
 * @throws InputError when the fence is not closed
 */
export function readFence(node: CodeNode, source: SourceText): Fence | undefined {
  const line = node.position?.start.line ?? 1;
  const endLine = node.position?.end.line ?? line;
  const opening = /^(`{3,}|~{3,})/.exec(source.line(line).slice((node.position?.start.column ?? 1) - 1))?.[1];
  if (opening === undefined) return undefined;
  const lines = node.value.split(/\r\n|\n|\r/);
  refuseUnclosed(source, opening, line, endLine, lines);
  const code = lines.join('\n');
  const starts = lineStarts(code);
  return {
    kind: 'fence',
    line,
    endLine,
    language: /^\{?\.?([\w+-]*)/.exec(node.lang ?? '')?.[1]?.toLowerCase() ?? '',
    code,
    locate(offset, endOffset) {
      const row = rowOf(starts, offset);
      const column = offset - (starts[row] ?? 0) + indentation(source.line(line + 1 + row), lines[row] ?? '') + 1;
      const endRow = endOffset === undefined ? undefined : rowOf(starts, Math.max(offset, endOffset - 1));
      return source.at(line + 1 + row, column, endRow === undefined ? undefined : line + 1 + endRow);
    },
  };
}

/** A fence that runs to the end of its container, or over the opening of the next one, lacks its end. */
function refuseUnclosed(
  source: SourceText,
  opening: string,
  line: number,
  endLine: number,
  lines: readonly string[],
): void {
  const mark = opening.charAt(0);
  const closing = new RegExp(`^[\\s>]*${mark}{${opening.length},}[ \\t]*$`);
  const reopening = new RegExp(`^ {0,3}${mark}{${opening.length},}[ \\t]*[\\w{]`);
  const swallowed = lines.findIndex((text) => reopening.test(text));
  if (swallowed === -1 && endLine > line && closing.test(source.line(endLine))) return;
  const where = swallowed === -1 ? '' : ` before the one at line ${line + 1 + swallowed} opens`;
  throw new InputError(`the block that opens here is not closed${where}`, {
    code: 'RUNBOOK_FENCE_UNCLOSED',
    next: `end it with a line ${opening}`,
    location: source.at(line, 1),
  });
}

/** How many characters of the file's line stand before the code: a list's indentation, a quotation's mark. */
function indentation(sourceLine: string, codeLine: string): number {
  if (sourceLine.endsWith(codeLine)) return sourceLine.length - codeLine.length;
  // A tab of which only a part is indentation reaches the code as spaces.
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
