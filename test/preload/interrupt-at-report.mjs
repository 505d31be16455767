/** Preloaded into the command: it is interrupted when it is about to put its report in place. */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { rename } = fs;
fs.rename = async (from, to) => {
  if (String(to).endsWith('report.json')) process.kill(process.pid, 'SIGINT');
  return rename(from, to);
};
syncBuiltinESMExports();
