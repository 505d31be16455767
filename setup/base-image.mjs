import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { installPackages, networkSettings, readMirror } from './apt.mjs';
import { importImage, inspectImage } from './docker-image.mjs';
import { SetupError } from './errors.mjs';
import { contentHash } from './hash.mjs';
import { findOnPath } from './host.mjs';
import { cache } from './paths.mjs';
import { pull } from './registry.mjs';
import { mustRun } from './run.mjs';

/** The Debian release under every image that the set-up builds. */
export const suite = 'trixie';
const published = `debian:${suite}`;
const failed = {
  code: 'BASE_IMAGE',
  next: 'see the lines above, and check that `apt-get update` works on this machine',
};

/** The next step if neither a registry nor a package mirror can provide the images. */
const loadByHand =
  'give the engine access to an image registry, or load redis:8.4.0, node:24, ghcr.io/shopify/toxiproxy:2.12.0 and debian:trixie with `docker load`, or run this command as root on Debian';

/**
 * A minimal Debian: the published image if a registry answers, otherwise one that is built from the machine's mirror.
 * It
 * is prepared once, when the first image is built.
 * @param {{ log: import('./log.mjs').SetupLog, host: import('./host.mjs').Host, registry:
 * ReturnType<import('./registry.mjs').registryQuestion> }} kit
 */
export function baseImage({ log, host, registry }) {
  /** @type {Promise<string> | undefined} */
  let found;
  return () => (found ??= prepare());

  async function prepare() {
    if (await inspectImage(published)) return published;
    const ref = `drillbook-base:${contentHash({ facts: [suite, 'minbase', 'recipe 1'] })}`;
    if (await inspectImage(ref)) return ref;
    if ((await registry.ask()).answers && (await pull(published))) return published;
    if (host.distribution !== 'debian' || process.getuid?.() !== 0) {
      throw new SetupError(`no image registry answers, and ${host.whyNot}`, { code: 'NO_IMAGES', next: loadByHand });
    }
    await log.step(`base image (debootstrap ${suite})`, () => bootstrap({ ref, host }));
    return ref;
  }
}

/** @param {{ ref: string, host: import('./host.mjs').Host }} options */
async function bootstrap({ ref, host }) {
  if (!findOnPath('debootstrap')) {
    if (!host.mayInstall) {
      throw new SetupError(`debootstrap is missing, and ${host.whyNot}`, {
        code: 'NO_IMAGES',
        next: 'install debootstrap',
      });
    }
    await installPackages(['debootstrap']);
  }
  const folder = join(cache, 'base-rootfs');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const mirror = await readMirror(host.codename);
  await mustRun('debootstrap', ['--variant=minbase', suite, folder, mirror], failed);
  writeFileSync(
    join(folder, 'etc/apt/apt.conf.d/90drillbook'),
    networkSettings(await mustRun('apt-config', ['dump'], failed)),
  );
  for (const spare of ['var/lib/apt/lists', 'var/cache/apt', 'usr/share/doc', 'usr/share/man', 'usr/share/locale']) {
    rmSync(join(folder, spare), { recursive: true, force: true });
  }
  for (const needed of ['var/lib/apt/lists/partial', 'var/cache/apt/archives/partial']) {
    mkdirSync(join(folder, needed), { recursive: true });
  }
  await importImage({ name: 'base', ref, version: suite, folder });
  rmSync(folder, { recursive: true, force: true });
}
