/** The parts of two texts that differ, with a little of what stands around them. */
export function differingParts(before: string, after: string): readonly [before: string, after: string] {
  let from = 0;
  while (from < before.length && before[from] === after[from]) from += 1;
  let back = 0;
  while (back < Math.min(before.length, after.length) - from && before.at(-1 - back) === after.at(-1 - back)) back += 1;
  const cut = (text: string): string => {
    const [start, end] = [Math.max(0, from - 24), Math.min(text.length, text.length - back + 12)];
    return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
  };
  return [cut(before), cut(after)];
}
