import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { downloadDebs } from './apt.mjs';
import { SetupError } from './errors.mjs';
import { findOnPath } from './host.mjs';
import { cache } from './paths.mjs';
import { lastLines, mustRun, run } from './run.mjs';

/** Where set-up puts promtool: on the usual PATH, so that it survives the checkout and the user can call it too. */
const usualPlace = '/usr/local/bin/promtool';

const failed = { code: 'APT', next: 'see the lines above' };

/**
 * @typedef {object} Promtool Prometheus' rule engine
 * @property {string} path
 * @property {string} version e.g. `3.5.3+ds1`
 */

/**
 * Finds promtool on the PATH, or installs it if set-up may install. A promtool of the user is never replaced.
 * Without promtool alert checks are inconclusive and all else works, so a failure here is one line and no error.
 * @param {{ log: import('./log.mjs').SetupLog, host: import('./host.mjs').Host, env?: NodeJS.ProcessEnv, place?:
 * string, download?: typeof downloadPromtool }} options
 * @returns {Promise<Promtool | null>} null if there is none
 */
export async function preparePromtool({
  log,
  host,
  env = process.env,
  place = usualPlace,
  download = downloadPromtool,
}) {
  const present = findOnPath('promtool', env) ?? (host.mayInstall && existsSync(place) ? place : undefined);
  if (!present && !host.mayInstall) return null;
  try {
    if (present) return await askPromtool(present);
    return await log.step('installing promtool', () => installPromtool(place, () => download(host.codename)));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    log.say(
      [`there is no promtool, so alert checks are inconclusive: ${error.message}`, error.details].join('\n').trim(),
    );
    return null;
  }
}

/**
 * @param {string} path
 * @returns {Promise<Promtool>}
 */
async function askPromtool(path) {
  const outcome = await run(path, ['--version'], { timeoutMs: 10_000 });
  const version = /version (\S+)/.exec(`${outcome.stdout}${outcome.stderr}`)?.[1];
  if (outcome.code === 0 && version) return { path, version };
  throw new SetupError(`\`${path} --version\` does not name a version`, {
    ...failed,
    details: lastLines(outcome.stderr, 3),
  });
}

/**
 * Puts promtool in its place in one step, after it has shown that it runs on this machine.
 * @param {string} place
 * @param {() => Promise<{ binary: string, folder: string }>} download
 */
async function installPromtool(place, download) {
  const { binary, folder } = await download();
  const { version } = await askPromtool(binary);
  mkdirSync(dirname(place), { recursive: true });
  const draft = `${place}.${process.pid}`;
  copyFileSync(binary, draft);
  renameSync(draft, place);
  // The download takes 140 MB and is of no more use.
  rmSync(folder, { recursive: true });
  return { path: place, version };
}

/**
 * Any version will do: the reports name it.
 * @param {string} codename
 */
async function downloadPromtool(codename) {
  const folder = join(cache, 'apt-promtool');
  const [deb = ''] = await downloadDebs({
    what: 'promtool',
    codename,
    suites: ['forky'],
    folder,
    choices: [['promtool/forky']],
  });
  const unpacked = join(folder, 'unpacked');
  await mustRun('dpkg-deb', ['--extract', deb, unpacked], failed);
  return { binary: join(unpacked, 'usr/bin/promtool'), folder };
}
