import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * Hash of everything that an image or library is built from: files by relative name and content, and plain strings.
 * @param {{ folders?: readonly string[], files?: readonly string[], facts?: readonly string[] }} inputs absolute
 * paths; a missing folder counts as empty
 * @returns {string} twelve hex digits
 */
export function contentHash({ folders = [], files = [], facts = [] }) {
  const hash = createHash('sha256');
  const add = (/** @type {string} */ name, /** @type {string | Buffer} */ content) =>
    hash.update(`${name}\0${content.length}\0`).update(content);
  for (const folder of folders) {
    for (const file of listFiles(folder)) add(relative(folder, file), readFileSync(file));
  }
  for (const file of files) add('file', readFileSync(file));
  for (const fact of facts) add('fact', fact);
  return hash.digest('hex').slice(0, 12);
}

/**
 * The files below a folder in a fixed order, without `node_modules` and tests, which never go into an image.
 * @param {string} folder
 * @returns {string[]}
 */
function listFiles(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.name !== 'node_modules' && !entry.name.endsWith('.test.ts'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(path);
      return entry.isFile() ? [path] : [];
    });
}
