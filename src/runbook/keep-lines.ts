import { lineStarts, rowOf, type Fence } from './fence.ts';

/**
 * The fence with only some of its lines; the others become blank, so that every line keeps its number.
 * @param cuts for each line, how many characters at its begin are left out. Undefined: the whole line
 */
export function keepLinesOfFence(fence: Fence, cuts: readonly (number | undefined)[]): Fence {
  const before = lineStarts(fence.code);
  const code = fence.code
    .split('\n')
    .map((line, row) => (cuts[row] === undefined ? '' : line.slice(cuts[row])))
    .join('\n');
  const after = lineStarts(code);
  const original = (offset: number): number => {
    const row = rowOf(after, offset);
    return (before[row] ?? 0) + (cuts[row] ?? 0) + offset - (after[row] ?? 0);
  };
  return {
    ...fence,
    code,
    locate: (offset, endOffset) =>
      fence.locate(
        original(offset),
        endOffset === undefined ? undefined : original(Math.max(offset, endOffset - 1)) + 1,
      ),
  };
}
