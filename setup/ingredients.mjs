import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

import { downloadDebs } from './apt.mjs';
import { SetupError } from './errors.mjs';
import { findOnPath } from './host.mjs';
import { cache } from './paths.mjs';
import { mustRun } from './run.mjs';

/** Versions of the programs in the images that are built here. A change builds new images. */
export const versions = {
  /** Debian has no package of 8.4. The nearest version is in experimental; trixie's own is the last resort. */
  redisPackage: '5:8.6.3-1',
  npm: '11.21.2',
  toxiproxy: '2.12.0',
};

/**
 * Puts the Redis packages into `context/debs`.
 * @param {string} context
 * @param {import('./host.mjs').Host} host
 * @param {string} [version] the only version to accept
 * @returns {Promise<string>} the version that was found, e.g. `8.6.3`
 */
export async function fetchRedis(context, host, version) {
  const files = await downloadDebs({
    codename: host.codename,
    what: version ? `Redis ${version}, and no image registry answers` : 'Redis',
    suites: ['experimental', 'trixie'],
    folder: join(cache, version ? `apt-redis-${version}` : 'apt-redis'),
    choices: version
      ? [[`redis-server=5:${version}-*`, `redis-tools=5:${version}-*`]]
      : [
          [`redis-server=${versions.redisPackage}`, `redis-tools=${versions.redisPackage}`],
          ['redis-server/experimental', 'redis-tools/experimental'],
          ['redis-server/trixie', 'redis-tools/trixie'],
        ],
  });
  mkdirSync(join(context, 'debs'), { recursive: true });
  for (const file of files) copyFileSync(file, join(context, 'debs', basename(file)));
  return redisVersion(files.map((file) => basename(file)));
}

/** @param {readonly string[]} names of .deb files, e.g. `redis-server_5-8.6.3-1_amd64.deb` */
export function redisVersion(names) {
  return names.map((name) => /^redis-server_(?:\d+-)?([\d.]+)/.exec(name)?.[1]).find(Boolean) ?? 'unknown';
}

/**
 * Puts `node` and the folder `npm` into the context.
 * @param {string} context
 * @param {string} node path of the binary
 */
export async function fetchNode(context, node) {
  copyFileSync(node, join(context, 'node'));
  const folder = join(cache, `npm-${versions.npm}`);
  if (!existsSync(folder)) {
    const download = `${folder}.part`;
    rmSync(download, { recursive: true, force: true });
    mkdirSync(download, { recursive: true });
    const failed = { code: 'NPM', next: 'see the lines above, and check that `npm ping` works on this machine' };
    await mustRun('npm', ['pack', `npm@${versions.npm}`, '--loglevel=error', '--pack-destination', download], {
      ...failed,
      cwd: download,
    });
    const [archive = ''] = readdirSync(download);
    await mustRun('tar', ['-xzf', join(download, archive), '-C', download], failed);
    renameSync(join(download, 'package'), folder);
    rmSync(download, { recursive: true, force: true });
  }
  cpSync(folder, join(context, 'npm'), { recursive: true });
}

/**
 * Puts the static binary `toxiproxy` into the context.
 * @param {string} context
 */
export async function buildToxiproxy(context) {
  const next = 'install Go 1.23 or later, or load ghcr.io/shopify/toxiproxy:2.12.0 with `docker load`';
  if (!findOnPath('go'))
    throw new SetupError('no image registry answers, and Toxiproxy cannot be built because Go is missing', {
      code: 'NO_GO',
      next,
    });
  const module = 'github.com/Shopify/toxiproxy/v2';
  // Without this flag the program would call itself version "git".
  const args = [
    'install',
    '-ldflags',
    `-s -w -X ${module}.Version=${versions.toxiproxy}`,
    `${module}/cmd/server@v${versions.toxiproxy}`,
  ];
  const env = { ...process.env, CGO_ENABLED: '0', GOBIN: context, GOTOOLCHAIN: 'auto' };
  await mustRun('go', args, { code: 'NO_GO', next, env });
  renameSync(join(context, 'server'), join(context, 'toxiproxy'));
}
