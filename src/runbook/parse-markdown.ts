import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';

import { readFence, type Fence } from './fence.ts';
import { SourceText } from './source-text.ts';

type Root = ReturnType<typeof fromMarkdown>;
type Node = Root | Root['children'][number];
type Placed = { readonly line: number; readonly endLine: number };

/** The blocks of a runbook in the order of the file, also from inside lists and quotations. */
export type Block = Heading | Label | Fence | Table | Comment;
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

/** @throws InputError for a fence that is not closed */
export function parseMarkdown(source: SourceText): readonly Block[] {
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
      return nested ? undefined : { kind: 'heading', ...placed, level: node.depth, text: textOf(node).trim() };
    case 'code':
      return readFence(node, source);
    case 'table':
      return { kind: 'table', ...placed, rows: node.children.map((row) => row.children.map(readCell)) };
    case 'paragraph':
      return readLabel(node, nested);
    default:
      return undefined;
  }
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
