import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { installPackages } from './apt.mjs';

let bin = '';
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'drillbook-apt-'));
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH']}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(bin, { recursive: true });
});

/** An apt-get that takes a while, fails for the package `broken`, and logs its begin and its end. */
const slowApt = (/** @type {string} */ log) => `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const what = process.argv[2] === 'update' ? 'update' : process.argv.at(-1);
const write = (word) => appendFileSync(${JSON.stringify(log)}, word + ' ' + what + '\\n');
write('begin');
setTimeout(() => {
  write('end');
  process.exit(what === 'broken' ? 100 : 0);
}, 50);
`;

test('installs one package after the other, because dpkg refuses a second one, also after a failure', async () => {
  const log = join(bin, 'log');
  writeFileSync(join(bin, 'apt-get'), slowApt(log), { mode: 0o755 });
  const wanted = ['broken', 'debootstrap', 'chromium'];
  const outcomes = await Promise.allSettled(wanted.map((name) => installPackages([name])));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  const steps = ['broken', 'update', 'broken', 'debootstrap', 'chromium'];
  const expected = steps.flatMap((what) => [`begin ${what}`, `end ${what}`]);
  expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual(expected);
});
