import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { downloadDebs } from './apt.mjs';
import { SetupError } from './errors.mjs';
import { cache } from './paths.mjs';
import { mustRun, run } from './run.mjs';

/**
 * Finds Compose v2, a plugin of the docker client, or installs it if set-up may install.
 * @param {{ log: import('./log.mjs').SetupLog, host: import('./host.mjs').Host }} options
 * @returns {Promise<{ version: string, source: 'present' | 'installed' }>}
 */
export async function prepareCompose({ log, host }) {
  const present = await composeVersion();
  if (present) return { version: present, source: 'present' };
  if (!host.mayInstall) {
    throw new SetupError(`the docker client has no Compose v2 plugin, and ${host.whyNot}`, {
      code: 'NO_COMPOSE',
      next: 'install it (package docker-compose-v2 or docker-compose-plugin) so that `docker compose version` answers',
    });
  }
  await log.step('installing the Compose plugin', () => installPlugin(host.codename));
  const version = await composeVersion();
  if (version) return { version, source: 'installed' };
  throw new SetupError('the Compose plugin was installed, but `docker compose version` still fails', {
    code: 'NO_COMPOSE',
    next: 'run `docker compose version` to see the error',
  });
}

/** @returns {Promise<string | undefined>} e.g. `2.40.3` */
async function composeVersion() {
  const outcome = await run('docker', ['compose', 'version', '--short'], { timeoutMs: 10_000 });
  return outcome.code === 0 ? outcome.stdout.trim().replace(/^v/, '') : undefined;
}

/**
 * Path of the docker client's Compose plugin. The operator gets the same binary, so that both compute the same config
 * hashes.
 */
export async function composePluginPath() {
  const format = '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}';
  const outcome = await run('docker', ['info', '--format', format], { timeoutMs: 10_000 });
  return outcome.stdout.trim() || undefined;
}

/** @param {string} codename */
async function installPlugin(codename) {
  const folder = join(cache, 'apt-compose');
  const [deb = ''] = await downloadDebs({
    what: 'docker-compose',
    codename,
    suites: ['forky'],
    folder,
    choices: [['docker-compose/forky']],
  });
  const unpacked = join(folder, 'unpacked');
  await mustRun('dpkg-deb', ['--extract', deb, unpacked], { code: 'NO_COMPOSE', next: 'see the lines above' });
  const plugins = join(process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'cli-plugins');
  mkdirSync(plugins, { recursive: true });
  // A copy, not a link, so that the plugin survives the checkout.
  copyFileSync(join(unpacked, 'usr/libexec/docker/cli-plugins/docker-compose'), join(plugins, 'docker-compose'));
  chmodSync(join(plugins, 'docker-compose'), 0o755);
}
