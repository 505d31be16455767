/** Preloaded into the command: interrupts it with SIGHUP (its terminal closed) as the phase `account` begins. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { writeSync } = fs;
fs.writeSync = (file, bytes, ...rest) => {
  const text = Buffer.isBuffer(bytes) ? bytes.toString() : '';
  if (text.includes('"phase.started"') && text.includes('"account"')) process.kill(process.pid, 'SIGHUP');
  return writeSync(file, bytes, ...rest);
};
syncBuiltinESMExports();
