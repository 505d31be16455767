/** Preloaded into the command: fills the disk of the reports right before the first report is written. */
import { openSync, writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

const { writeFile } = fs;
fs.writeFile = async (file, ...rest) => {
  if (typeof file === 'string' && path.basename(file).startsWith('.report.json'))
    fill(path.join(path.dirname(file), '..', 'filler'));
  return writeFile(file, ...rest);
};
syncBuiltinESMExports();

/**
 * Writes until not even one more byte fits.
 * @param {string} file
 */
function fill(file) {
  const filler = openSync(file, 'w');
  for (const size of [65536, 512, 1]) {
    try {
      for (;;) writeSync(filler, Buffer.alloc(size));
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOSPC') throw error;
    }
  }
}
