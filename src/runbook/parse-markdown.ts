import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';

import type { Location } from '../kernel/errors.ts';
import { readFence, type Fence } from './fence.ts';
import { SourceText } from './source-text.ts';

type Root = ReturnType<typeof fromMarkdown>;
type Node = Root | Root['children'][number];
type Placed = { readonly line: number; readonly endLine: number };

/** The blocks of a runbook in the order of the file, also from inside lists and quotations. */
export type Block = Heading | Label | Fence | Table | Comment | PlainText;
export type Heading = Placed & { readonly kind: 'heading'; readonly level: number; readonly text: string };
/** A paragraph that begins in bold, e.g. `**Solution:**`. */
export type Label = Placed & {
  readonly kind: 'label';
  readonly text: string;
  readonly colon: boolean;
  readonly alone: boolean;
  readonly nested: boolean;
};
export type Table = Placed & { readonly kind: 'table'; readonly rows: readonly (readonly Cell[])[] };
export type Cell = { readonly text: string; readonly line: number; readonly column: number };
/** An HTML comment, and the fence that follows it immediately. */
export type Comment = Placed & {
  readonly kind: 'comment';
  readonly text: string;
  readonly column: number;
  readonly above: Fence | undefined;
};

/** Text that is no fence and could hold commands. */
export type PlainText = Placed & {
  readonly kind: 'text';
  readonly of: 'indented code' | 'HTML' | 'a paragraph';
  readonly lines: readonly string[];
};

/**
 * Reads the blocks. What follows a fence that is not closed would be read inside out. So its text is left out, and the
 * rest is read again.
 */
export function parseMarkdown(source: SourceText): readonly Block[] {
  const unclosed: Fence[] = [];
  let rest = source;
  for (;;) {
    const blocks = readBlocks(rest);
    const fence = blocks.find((block) => block.kind === 'fence' && block.unclosed);
    if (fence?.kind !== 'fence' || unclosed.length === mostUnclosed) return putBack(unclosed, blocks, source);
    unclosed.push(fence);
    rest = leaveOut(fence, rest);
  }
}

/** After so many, the next one takes the rest of its container. */
const mostUnclosed = 20;

function leaveOut({ line, unclosed }: Fence, source: SourceText): SourceText {
  const until = unclosed?.until ?? line;
  const lines = source.lines.map((text, index) => {
    if (index + 1 === line) return text.replace(/(?:`{3,}|~{3,}).*$/, '');
    return index + 1 > line && index + 1 <= until ? '' : text;
  });
  return new SourceText(source.file, lines.join('\n'));
}

/** Adds fences without a text, each below its comment. */
function putBack(unclosed: readonly Fence[], blocks: readonly Block[], source: SourceText): readonly Block[] {
  if (unclosed.length === 0) return blocks;
  const empty = unclosed.map((fence): Fence => {
    const locate = (): Location => source.at(fence.line, 1);
    return { ...fence, endLine: fence.unclosed?.until ?? fence.line, code: '', locate };
  });
  const isAbove = ({ endLine }: Comment, { line }: Fence): boolean =>
    endLine < line && source.lines.slice(endLine, line - 1).every((text) => text.trim() === '');
  const commented = blocks.map((block) =>
    block.kind === 'comment' && !block.above
      ? { ...block, above: empty.find((fence) => isAbove(block, fence)) }
      : block,
  );
  return [...commented, ...empty].toSorted((one, other) => one.line - other.line);
}

function readBlocks(source: SourceText): readonly Block[] {
  const tree = fromMarkdown(source.text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] });
  const blocks: Block[] = [];
  collect(tree, { source, blocks, nested: false });
  return blocks;
}

interface Collecting {
  readonly source: SourceText;
  readonly blocks: Block[];
  /** Whether it is inside a list or quotation. */
  readonly nested: boolean;
}

function collect(parent: Node, into: Collecting): void {
  if (!('children' in parent)) return;
  let comment: Node | undefined;
  for (const node of parent.children) {
    const block = readBlock(node, into);
    if (comment && comment.type === 'html')
      into.blocks.push(readComment(comment, block?.kind === 'fence' ? block : undefined));
    comment = node.type === 'html' ? node : undefined;
    if (block) into.blocks.push(block);
    else if ('children' in node)
      collect(node, node.type === 'list' || node.type === 'blockquote' ? { ...into, nested: true } : into);
  }
  if (comment && comment.type === 'html') into.blocks.push(readComment(comment, undefined));
}

/** Undefined for a node that is no block: text, and a container, whose children are read instead. */
function readBlock(node: Node, { source, nested }: Collecting): Block | undefined {
  const placed = placeOf(node);
  switch (node.type) {
    case 'heading':
      return nested
        ? undefined
        : { kind: 'heading', ...placed, level: node.depth, text: withoutAttributes(textOf(node).trim()) };
    case 'code':
      return readFence(node, source) ?? plainText(node, 'indented code', node.value);
    case 'table':
      return { kind: 'table', ...placed, rows: node.children.map((row) => row.children.map(readCell)) };
    case 'html':
      // Readers do not see a comment.
      return node.value.startsWith('<!--') ? undefined : plainText(node, 'HTML', node.value);
    case 'paragraph':
      return readLabel(node, nested) ?? readCodeAlone(node);
    default:
      return undefined;
  }
}

/** The heading without attributes such as `{#id .class}` and `{: #id}`, which readers do not see. */
function withoutAttributes(heading: string): string {
  const start = heading.endsWith('}') ? heading.lastIndexOf('{') : -1;
  const attributes = start > 0 && /^\{:? *[#.][^{}]*\}$/.test(heading.slice(start));
  return attributes ? heading.slice(0, start).trimEnd() : heading;
}

function plainText(node: Node, of: PlainText['of'], text: string): PlainText {
  return { kind: 'text', ...placeOf(node), of, lines: text.split(/\r\n|\n|\r/) };
}

/** A paragraph of nothing but code in backquotes. */
function readCodeAlone(node: Extract<Node, { type: 'paragraph' }>): PlainText | undefined {
  const [only, ...others] = node.children;
  return only?.type === 'inlineCode' && others.length === 0 ? plainText(node, 'a paragraph', only.value) : undefined;
}

function readLabel(node: Extract<Node, { type: 'paragraph' }>, nested: boolean): Label | undefined {
  const [first, ...rest] = node.children;
  if (first?.type !== 'strong') return undefined;
  const text = textOf(first).trim();
  const after = rest.map(textOf).join('').trim();
  const colon = text.endsWith(':') || after.startsWith(':');
  return {
    kind: 'label',
    ...placeOf(node),
    text: (text.endsWith(':') ? text.slice(0, -1) : text).trimEnd(),
    colon,
    alone: after.replace(/^:/, '').trim() === '',
    nested,
  };
}

function readCell(cell: Node): Cell {
  const at = 'children' in cell ? (cell.children[0]?.position ?? cell.position) : cell.position;
  return { text: textOf(cell).trim(), line: at?.start.line ?? 1, column: at?.start.column ?? 1 };
}

function readComment(node: Extract<Node, { type: 'html' }>, above: Fence | undefined): Comment {
  return { kind: 'comment', ...placeOf(node), text: node.value, column: node.position?.start.column ?? 1, above };
}

function placeOf(node: Node): Placed {
  return { line: node.position?.start.line ?? 1, endLine: node.position?.end.line ?? 1 };
}

function textOf(node: Node): string {
  if ('value' in node) return node.value;
  if ('children' in node) return node.children.map(textOf).join('');
  return node.type === 'break' ? '\n' : '';
}
