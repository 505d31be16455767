import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @typedef {object} Host
 * @property {NodeJS.Platform} platform
 * @property {string} distribution `debian`, `ubuntu`, `fedora` ... or the platform if there is no os-release
 * @property {string} codename suite that the machine runs, e.g. `bookworm`; empty if unknown
 * @property {boolean} noInstall whether DRILLBOOK_NO_INSTALL forbids even the project's own npm packages
 * @property {boolean} mayInstall whether set-up may install packages on this machine
 * @property {string} whyNot why it may not, as a clause; empty if it may
 * @property {string} hint how the user can install an engine and Compose on this system
 */

/** @returns {Host} */
export function readHost(env = process.env) {
  let osRelease = '';
  try {
    osRelease = readFileSync('/etc/os-release', 'utf8');
  } catch {
    // Only Linux has this file.
  }
  return describeHost({ env, uid: process.getuid?.() ?? -1, platform: process.platform, osRelease });
}

/**
 * Set-up installs packages only on Debian and only as root, unless DRILLBOOK_NO_INSTALL forbids it: Debian is the only
 * system of which it knows the package names.
 * @param {{ env: NodeJS.ProcessEnv, uid: number, platform: NodeJS.Platform, osRelease: string }} facts
 * @returns {Host}
 */
export function describeHost({ env, uid, platform, osRelease }) {
  const field = (/** @type {string} */ name) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const distribution = field('ID') || platform;
  const noInstall = installIsForbidden(env);
  const whyNot = refusal({ noInstall, root: uid === 0, distribution });
  return {
    noInstall,
    platform,
    distribution,
    codename: field('VERSION_CODENAME'),
    mayInstall: whyNot === '',
    whyNot,
    hint: installHints[distribution] ?? 'install Docker Engine and the Compose v2 plugin, and start the engine',
  };
}

/** @param {{ noInstall: boolean, root: boolean, distribution: string }} facts */
function refusal({ noInstall, root, distribution }) {
  if (noInstall) return 'DRILLBOOK_NO_INSTALL is set';
  if (distribution !== 'debian') return `set-up installs packages on Debian only (this is ${distribution})`;
  return root ? '' : 'this user is not root';
}

/** @param {NodeJS.ProcessEnv} env */
function installIsForbidden(env) {
  const value = env['DRILLBOOK_NO_INSTALL'] ?? '';
  return value !== '' && value !== '0';
}

/** @type {Readonly<Record<string, string>>} */
const installHints = {
  debian:
    'run `sudo apt-get install -y --no-install-recommends docker.io` and `sudo systemctl start docker`, or run this as root without DRILLBOOK_NO_INSTALL',
  ubuntu: 'run `sudo apt-get install -y docker.io docker-compose-v2` and `sudo systemctl start docker`',
  fedora: 'run `sudo dnf install -y moby-engine docker-compose` and `sudo systemctl start docker`',
  arch: 'run `sudo pacman -S docker docker-compose` and `sudo systemctl start docker`',
  alpine: 'run `apk add docker docker-cli-compose` and `service docker start`',
  darwin: 'install and start Docker Desktop, OrbStack or Colima',
};

/**
 * Path of a command on the PATH, or undefined.
 * @param {string} command
 */
export function findOnPath(command, env = process.env) {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, command);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}
