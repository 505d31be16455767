import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { findChromium, prepareChromium } from './chromium.mjs';
import { SetupError } from './errors.mjs';
import { describeHost } from './host.mjs';
import { SetupLog } from './log.mjs';

const bare = describeHost({ env: {}, uid: 0, platform: 'linux', osRelease: 'ID=debian\n' });
const foreign = describeHost({ env: {}, uid: 1000, platform: 'linux', osRelease: 'ID=ubuntu\n' });

let bin = '';
/** @type {string[]} */
let lines = [];
/** @type {string[]} */
let installed = [];
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'drillbook-chromium-'));
  lines = [];
  installed = [];
});
afterEach(() => rmSync(bin, { recursive: true }));

/**
 * @param {import('./host.mjs').Host} host
 * @param {(packages: readonly string[]) => Promise<void>} install
 */
function prepareOn(host, install) {
  const log = new SetupLog((line) => lines.push(line));
  return prepareChromium({ log, host, env: { PATH: bin }, install });
}

const install = (/** @type {readonly string[]} */ packages) => {
  installed.push(...packages);
  return Promise.resolve();
};

test.each(['chromium', 'chromium-browser', 'google-chrome'])('uses an installed %s', async (name) => {
  writeFileSync(join(bin, name), '', { mode: 0o755 });
  await prepareOn(bare, install);
  expect(installed).toEqual([]);
  expect(findChromium({ PATH: bin })).toBe(join(bin, name));
});

test('installs one on a bare machine', async () => {
  await prepareOn(bare, install);
  expect(installed).toEqual(['chromium']);
});

test('says in one line that the page tests will fail if it may not install one', async () => {
  await prepareOn(foreign, install);
  expect(installed).toEqual([]);
  expect(lines).toEqual([expect.stringMatching(/no Chromium.+Debian only.+page tests will fail$/)]);
});

test('goes on without a browser if apt fails, and says why', async () => {
  const error = new SetupError('`apt-get install` failed', { code: 'APT', next: 'see', details: 'no space left' });
  await prepareOn(bare, () => Promise.reject(error));
  expect(lines.at(-1)).toMatch(/page tests will fail: `apt-get install` failed\nno space left$/);
});

test('fails a page test with what to install', () => {
  expect(() => findChromium({ PATH: bin })).toThrow(/chromium, chromium-browser, google-chrome.+install one/);
});
