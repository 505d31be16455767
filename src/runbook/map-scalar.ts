import type { Location } from '../kernel/errors.ts';
import type { AlertRule, TextAnchor } from './runbook.ts';

/** YAML text, and where it stands in a file. A fence of a runbook is one, and so is a rule file. */
export interface YamlSource {
  /** Lines end in `\n`. */
  readonly code: string;
  /** Position in the file of the character at `offset`. `endOffset` (exclusive) decides the last line. */
  locate(offset: number, endOffset?: number): Location;
}

/** Where the character at `offset` of a rule's expression stands in the file. */
export function locateInExpr({ exprMap, location }: Pick<AlertRule, 'exprMap' | 'location'>, offset: number): Location {
  const anchor = exprMap.findLast((candidate) => candidate.offset <= offset);
  if (!anchor) return location;
  return { file: location.file, line: anchor.line, column: anchor.column + offset - anchor.offset };
}

/**
 * Finds the characters of a YAML scalar in its source, in whatever style it is written. A scalar differs from its
 * source by quotes, escapes, indentation and folded lines.
 * @param from offset of the scalar's first character (its quote, or the mark of a block) in the source
 */
export function mapScalar(value: string, source: YamlSource, from: number): readonly TextAnchor[] {
  const { code } = source;
  const anchors: TextAnchor[] = [];
  let at = contentStart(code, from);
  let expected = -1;
  for (let offset = 0; offset < value.length; offset += 1) {
    const char = value.charAt(offset);
    const found = findChar(code, at, char, code.charAt(from));
    if (found.from !== expected || code.charAt(found.from - 1) === '\n') {
      const { line, column = 1 } = source.locate(Math.min(found.from, code.length));
      anchors.push({ offset, line, column });
    }
    at = found.to;
    // A folded line end or an escape takes another number of characters than the value has.
    expected = found.to - found.from === 1 ? found.to : -1;
  }
  return anchors;
}

/** Past the quote, or past the line with the mark of a block scalar. */
function contentStart(code: string, from: number): number {
  const first = code.charAt(from);
  if (first === '"' || first === "'") return from + 1;
  if (first !== '|' && first !== '>') return from;
  const end = code.indexOf('\n', from);
  return end === -1 ? code.length : end + 1;
}

interface Found {
  readonly from: number;
  readonly to: number;
}

/** The next place of a character of the value: itself, its escape, or the line end that was folded into it. */
function findChar(code: string, at: number, char: string, style: string): Found {
  if (style === '"' && code.charAt(at) === '\\') {
    const next = code.charAt(at + 1);
    if (next === '\n') return findChar(code, skipBlanks(code, at + 2), char, style);
    const digits = { x: 2, u: 4, U: 8 }[next] ?? 0;
    return { from: at, to: at + 2 + digits };
  }
  if (style === "'" && char === "'" && code.startsWith("''", at)) return { from: at, to: at + 2 };
  if (code.charAt(at) === char && (char !== ' ' || code.charAt(at - 1) !== '\n')) return { from: at, to: at + 1 };
  const past = skipBlanks(code, at);
  if (/\s/.test(char)) return { from: at, to: past };
  // The second half of an escaped character has no place of its own.
  return code.charAt(past) === char ? { from: past, to: past + 1 } : { from: at, to: at };
}

function skipBlanks(code: string, at: number): number {
  let past = at;
  while (/[ \t\n]/.test(code.charAt(past))) past += 1;
  return past;
}
