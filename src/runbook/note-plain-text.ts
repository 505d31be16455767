import type { NotUnderstood } from '../history/events.ts';
import { findCommandText, quoteCommand } from './find-command-text.ts';
import type { Block, PlainText } from './parse-markdown.ts';
import type { SourceText } from './source-text.ts';

const reasons: Readonly<Record<PlainText['of'], string>> = {
  'indented code':
    'is indented, so Markdown takes it for plain code and it is not run; put it into a fence tagged `bash` that is not indented',
  HTML: 'is inside HTML, so Markdown does not read it and it is not run; leave a blank line after the tag above it',
  'a paragraph': 'is not in a fence, so it is not run; put it into a fence tagged `bash` if it is a step',
};

/** Notes the commands outside fences: one note for each text, or for each fence that Markdown did not read as one. */
export function notePlainText(blocks: readonly Block[], source: SourceText): readonly NotUnderstood[] {
  return blocks.flatMap((block) => (block.kind === 'text' ? noteText(block, source) : []));
}

function noteText({ of, line, lines }: PlainText, source: SourceText): readonly NotUnderstood[] {
  return splitFences(lines).flatMap(({ from, language, rows }) => {
    const isShell = /^(?:bash|sh|shell|zsh|console|shell-session)$/.test(language ?? '');
    const first = rows.findIndex((row) => row.trim() !== '' && !row.trimStart().startsWith('#'));
    const isText = language === undefined || language === '' || isShell;
    const found =
      isShell && first !== -1
        ? { index: first, text: (rows[first] ?? '').trim() }
        : findCommandText(rows, isText ? 'text' : 'code');
    if (!found) return [];
    const message = `the command ${quoteCommand(found.text)} ${reasons[of]}`;
    return [{ message, location: source.at(line + from + found.index) }];
  });
}

interface Stretch {
  /** Index of its first line. */
  readonly from: number;
  /** Of the fence around it; undefined outside fences. */
  readonly language: string | undefined;
  readonly rows: readonly string[];
}

/** The lines outside fences and inside each of them, without the lines of the fences themselves. */
function splitFences(lines: readonly string[]): readonly Stretch[] {
  const stretches: { from: number; language: string | undefined; rows: string[] }[] = [
    { from: 0, language: undefined, rows: [] },
  ];
  for (const [index, line] of lines.entries()) {
    const mark = /^\s*(?:`{3,}|~{3,})\s*\{?\.?([\w-]*)/.exec(line);
    const last = stretches.at(-1);
    if (!mark) last?.rows.push(line);
    else {
      const language = last?.language === undefined ? (mark[1] ?? '').toLowerCase() : undefined;
      stretches.push({ from: index + 1, language, rows: [] });
    }
  }
  return stretches;
}
