import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { SetupError } from './errors.mjs';
import { describeHost } from './host.mjs';
import { SetupLog } from './log.mjs';
import { preparePromtool } from './promtool.mjs';

const bare = describeHost({ env: {}, uid: 0, platform: 'linux', osRelease: 'ID=debian\nVERSION_CODENAME=bookworm\n' });
const foreign = describeHost({ env: {}, uid: 1000, platform: 'linux', osRelease: 'ID=ubuntu\n' });

let folder = '';
let place = '';
/** @type {string[]} */
let lines = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drillbook-promtool-'));
  place = join(folder, 'place', 'promtool');
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/**
 * @param {string} name
 * @param {string} script
 */
function writeProgram(name, script) {
  const path = join(folder, name, 'promtool');
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

const speaks = (/** @type {string} */ version) => `echo 'promtool, version ${version} (branch: debian/sid)'`;

/**
 * @param {import('./host.mjs').Host} host
 * @param {() => Promise<{ binary: string, folder: string }>} download
 */
function prepareOn(host, download) {
  const log = new SetupLog((line) => lines.push(line));
  return preparePromtool({ log, host, env: { PATH: join(folder, 'bin') }, place, download });
}

const neverDownload = () => Promise.reject(new Error('set-up must download nothing here'));

test('uses an installed promtool as it is, on any machine', async () => {
  const path = writeProgram('bin', speaks('2.42.0'));
  expect(await prepareOn(bare, neverDownload)).toEqual({ path, version: '2.42.0' });
  expect(await prepareOn(foreign, neverDownload)).toEqual({ path, version: '2.42.0' });
  expect(lines).toEqual([]);
});

test('installs nothing on a machine of a user', async () => {
  expect(await prepareOn(foreign, neverDownload)).toBeNull();
  expect(lines).toEqual([]);
});

test('puts the downloaded promtool in its place, and finds it there the second time', async () => {
  const binary = writeProgram('download', speaks('3.5.3+ds1'));
  const download = () => Promise.resolve({ binary, folder: join(folder, 'download') });
  expect(await prepareOn(bare, download)).toEqual({ path: place, version: '3.5.3+ds1' });
  expect(readFileSync(place, 'utf8')).toContain('3.5.3+ds1');
  expect(readdirSync(join(folder, 'place'))).toEqual(['promtool']);
  expect(existsSync(join(folder, 'download'))).toBe(false);
  expect(lines[0]).toContain('installing promtool');

  expect(await prepareOn(bare, neverDownload)).toEqual({ path: place, version: '3.5.3+ds1' });
});

test('goes on without promtool if the mirror has none, and says why', async () => {
  const error = new SetupError("Debian's mirror has no promtool", {
    code: 'APT',
    next: 'see',
    details: 'looked in forky',
  });
  expect(await prepareOn(bare, () => Promise.reject(error))).toBeNull();
  expect(lines.at(-1)).toMatch(/alert checks are inconclusive: Debian's mirror has no promtool\nlooked in forky$/);
});

test('puts a promtool that does not run on this machine nowhere', async () => {
  const binary = writeProgram('download', "echo 'GLIBC_2.34 not found' >&2; exit 1");
  expect(await prepareOn(bare, () => Promise.resolve({ binary, folder: join(folder, 'download') }))).toBeNull();
  expect(existsSync(place)).toBe(false);
  expect(lines.at(-1)).toContain('GLIBC_2.34 not found');
});

test('does not replace a promtool of the user that is broken', async () => {
  const path = writeProgram('bin', `${speaks('2.42.0')}; exit 3`);
  expect(await prepareOn(bare, neverDownload)).toBeNull();
  expect(lines.at(-1)).toContain(path);
});

test('does not hide an error of its own', async () => {
  await expect(prepareOn(bare, neverDownload)).rejects.toThrow('must download nothing');
});
