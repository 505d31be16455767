/**
 * Finds the line (from 1) of the value at a path in a module's text. It searches for the keys one after the other and
 * does not parse, so the line can be wrong. A key that is missing yields the line of the key before it.
 */
export function locateKey(source: string, path: readonly PropertyKey[]): number {
  const lines = source.split('\n');
  let line = 0;
  let column = 0;
  let skip = 0;
  for (const key of path) {
    if (typeof key === 'number') {
      skip = key;
      continue;
    }
    const found = findKey(lines, String(key), { line, column }, skip);
    skip = 0;
    if (!found) continue;
    ({ line, column } = found);
  }
  return line + 1;
}

interface Place {
  readonly line: number;
  /** The column after the key. */
  readonly column: number;
}

/** Finds the key after `from`, past `skip` earlier ones. If there are fewer, it is the last one found. */
function findKey(lines: readonly string[], key: string, from: Place, skip: number): Place | undefined {
  const pattern = new RegExp(`(?<![\\w$.-])${RegExp.escape(key)}(?:['"]?\\s*:|\\s*[(,}])`, 'g');
  let found: Place | undefined;
  let left = skip;
  for (let line = from.line; line < lines.length; line += 1) {
    pattern.lastIndex = line === from.line ? from.column : 0;
    for (let match = pattern.exec(lines[line] ?? ''); match; match = pattern.exec(lines[line] ?? '')) {
      found = { line, column: pattern.lastIndex };
      if (left === 0) return found;
      left -= 1;
    }
  }
  return found;
}
