// Finds every stable error code in the sources, with the exit code of its error class.
import { readFileSync, readdirSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const usage = 64;
const broken = 70;

/** `code: 'X'`, `const code = 'X'`, a code of the runbook as an argument, and the one that an old Node prints. */
const pattern = /\bcode(?::| =) '([A-Z][A-Z_]+)'|'(RUNBOOK_[A-Z_]+)'|\[(NODE_TOO_OLD)\]/g;

/** @returns {ReadonlyMap<string, number>} codes in alphabetical order, each with its exit code */
export function findErrorCodes() {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const file of ['src', 'setup', 'bin'].flatMap(sourcesIn)) {
    const text = readFileSync(new URL(file, root), 'utf8');
    for (const match of text.matchAll(pattern)) {
      const code = match[1] ?? match[2] ?? match[3] ?? '';
      found.set(code, Math.max(found.get(code) ?? 0, exitCodeOf(code, file, text.slice(0, match.index))));
    }
  }
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param {string} folder */
function sourcesIn(folder) {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => /\.(?:ts|mjs)$/.test(name) && !/\.(?:test|bench)\.|\/testing\//.test(name));
}

/**
 * @param {string} code
 * @param {string} file
 * @param {string} before the text up to the code, whose last error class is the one that carries it
 */
function exitCodeOf(code, file, before) {
  if (code.startsWith('RUNBOOK_') || file.startsWith('bin/')) return usage;
  if (file.startsWith('setup/')) return broken;
  return before.lastIndexOf('new InputError') > before.lastIndexOf('new DrillbookError') ? usage : broken;
}
