import { expect, test } from 'vitest';

import { networkSettings, pickMirror } from './apt.mjs';
import { versionIn } from './docker-image.mjs';
import { plainVersion } from './images.mjs';
import { redisVersion } from './ingredients.mjs';
import { newestGlibc } from './native.mjs';
import { lockfilesAgree } from './packages.mjs';
import { isFresh } from './registry.mjs';

const lock = (/** @type {Record<string, unknown>} */ packages) => JSON.stringify({ packages });

test('installed packages match the lockfile if every version does; optional ones may be missing', () => {
  const wanted = lock({
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  });
  expect(lockfilesAgree(wanted, lock({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true);
  expect(lockfilesAgree(wanted, lock({ 'node_modules/a': { version: '1.0.1' } }))).toBe(false);
  expect(lockfilesAgree(wanted, lock({}))).toBe(false);
  expect(
    lockfilesAgree(wanted, lock({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/c': { version: '1.0.0' } })),
  ).toBe(false);
});

test('picks the mirror of the machine’s own suite', () => {
  const listing =
    'stable-security main http://mirror/security/\nbookworm contrib http://mirror/debian/\nbookworm main http://mirror/debian/\n';
  expect(pickMirror(listing, 'bookworm')).toBe('http://mirror/debian/');
  expect(pickMirror('bookworm contrib http://mirror/debian/', 'bookworm')).toBeUndefined();
});

test('copies only those settings of apt into an image that lead to the mirror', () => {
  const dump =
    'APT::Architecture "amd64";\nAcquire::http::Proxy "http://proxy:1";\nAcquire::Check-Valid-Until "false";\nDir::Etc "etc/apt";\n';
  expect(networkSettings(dump)).toBe('Acquire::http::Proxy "http://proxy:1";\nAcquire::Check-Valid-Until "false";\n');
});

test('reads versions from labels, variables and file names', () => {
  expect(versionIn('{"Labels":{"io.drillbook.version":"8.6.3"},"Env":[]}')).toBe('8.6.3');
  expect(versionIn('{"Labels":null,"Env":["PATH=/bin","REDIS_VERSION=8.4.0"]}')).toBe('8.4.0');
  expect(versionIn('{"Labels":null,"Env":null}')).toBe('');
  expect(redisVersion(['redis-tools_5-8.6.3-1_amd64.deb', 'redis-server_5-8.6.3-1_amd64.deb'])).toBe('8.6.3');
  expect(plainVersion('2.40.3-desktop.1')).toBe('2.40.3');
});

test('compares versions of glibc by number, not by text', () => {
  expect(newestGlibc('GLIBC_2.2.5 GLIBC_2.31 GLIBC_2.4')).toBe('2.31');
  expect(newestGlibc('no versions')).toBe('0');
});

test('remembers for ten minutes that no registry answers', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const after = (/** @type {number} */ minutes) => Date.parse(at) + minutes * 60_000;
  expect(isFresh({ answers: false, at }, after(9))).toBe(true);
  expect(isFresh({ answers: false, at }, after(11))).toBe(false);
  expect(isFresh({ answers: false, at }, after(-1))).toBe(false);
});
