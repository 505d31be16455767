import type { ShellCommand } from '../runbook/shell-command.ts';
import type { Change, ReadBlock } from './read-block.ts';

/** Rows of a block, from 0; `to` is exclusive. */
interface Rows {
  readonly from: number;
  readonly to: number;
}

/** The question comes after the first step that it is about, or after all of them. */
export function* askAfterDeed(block: ReadBlock): Generator<Change> {
  const rows = block.code.replace(/\n$/, '').split('\n');
  const question = findQuestion(block, rows);
  const first =
    question && block.commands.find((command) => isStep(command) && rowOf(block, command.start) >= question.to);
  if (!question || !first) return;
  const deed = { from: rowOf(block, first.start), to: rowOf(block, first.end - 1) + 1 };
  yield moveUp(rows, question, deed);
  yield moveUp(rows, question, { from: deed.from, to: rows.length });
}

/** What is printed right before, the question, and the test of its answer. */
function findQuestion(block: ReadBlock, rows: readonly string[]): Rows | undefined {
  const read = block.commands.find(({ name, inFunction }) => name === 'read' && inFunction === undefined);
  if (!read) return undefined;
  const asked = rowOf(block, read.start);
  if (/^\s/.test(rows[asked] ?? '')) return undefined;
  let from = asked;
  while (/^(?:echo|printf)\b/.test(rows[from - 1] ?? '')) from -= 1;
  const guard = rows.findIndex((row, index) => index > asked && /^(?:if\b|\[)/.test(row));
  const isDirect = rows.slice(asked + 1, guard).every((row) => /^(?:echo\b.*|\s*)$/.test(row));
  if (guard === -1 || !isDirect) return undefined;
  if (/\b(?:exit|return)\b/.test(rows[guard] ?? '')) return { from, to: guard + 1 };
  const end = rows.findIndex((row, index) => index > guard && /^fi\b/.test(row));
  return end === -1 ? undefined : { from, to: end + 1 };
}

function isStep({ name, kind, inFunction, inSubstitution }: ShellCommand): boolean {
  return kind === 'simple' && name !== 'echo' && name !== 'printf' && inFunction === undefined && !inSubstitution;
}

function rowOf({ code }: ReadBlock, offset: number): number {
  return code.slice(0, offset).split('\n').length - 1;
}

/** Moves rows that stand further down to the place right before others. */
function moveUp(rows: readonly string[], before: Rows, moved: Rows): Change {
  const changed = [...rows.slice(moved.from, moved.to), ...rows.slice(before.from, moved.from)];
  const start = rows.slice(0, before.from).reduce((sum, row) => sum + row.length + 1, 0);
  const replaced = rows.slice(before.from, moved.to).join('\n');
  return { start, end: start + replaced.length, text: changed.join('\n') };
}
