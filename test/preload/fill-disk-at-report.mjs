/** Preloaded into the command: the disk with its reports is full by the time the first report is to be written. */
import { openSync, writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

const { writeFile } = fs;
fs.writeFile = async (file, ...rest) => {
  if (path.basename(String(file)).startsWith('.report.json'))
    fill(path.join(path.dirname(String(file)), '..', 'filler'));
  return writeFile(file, ...rest);
};
syncBuiltinESMExports();

/** @param {string} file */
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
