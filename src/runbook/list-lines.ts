/** `line 4 is` or `lines 4, 9, … are`. */
export function nameLines(lines: readonly number[]): string {
  if (lines.length === 1) return `line ${lines[0]} is`;
  return `lines ${lines.slice(0, 8).join(', ')}${lines.length > 8 ? ` and ${lines.length - 8} more` : ''} are`;
}
