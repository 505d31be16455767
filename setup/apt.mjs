import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SetupError } from './errors.mjs';
import { mustRun, run } from './run.mjs';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const failed = { code: 'APT', next: 'see the lines above, and check that `apt-get update` works on this machine' };

/**
 * The machine's own mirror. It is read from the machine's configuration, so that this code contains no host name.
 * @param {string} codename suite that the machine runs
 */
export async function readMirror(codename) {
  const listing = await mustRun('apt-get', ['indextargets', '--format', '$(RELEASE) $(COMPONENT) $(REPO_URI)'], failed);
  const uri = pickMirror(listing, codename);
  if (!uri)
    throw new SetupError(`apt has no main archive for ${codename} in its sources`, {
      ...failed,
      details: listing.trim(),
    });
  return uri;
}

/**
 * @param {string} listing lines of `<release> <component> <uri>`
 * @param {string} codename
 */
export function pickMirror(listing, codename) {
  const rows = listing.split('\n').map((line) => line.trim().split(' '));
  const wanted = new Set([codename, 'stable', 'oldstable', 'testing']);
  return rows.find(([release = '', component]) => wanted.has(release) && component === 'main')?.[2];
}

/** The installation under way: dpkg's lock admits one at a time. */
let underWay = Promise.resolve();

/**
 * Installs packages of the machine's own suite, one call after the other.
 * @param {readonly string[]} packages
 */
export function installPackages(packages) {
  const mine = underWay.then(() => installNow(packages));
  underWay = mine.catch(() => undefined);
  return mine;
}

/**
 * Updates the package lists only if the first try fails.
 * @param {readonly string[]} packages
 */
async function installNow(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '-q', '--no-install-recommends', ...packages];
  const first = await run('apt-get', install, { env });
  if (first.code === 0) return;
  await mustRun('apt-get', ['update', '-q'], { ...failed, env });
  await mustRun('apt-get', install, { ...failed, env });
}

/**
 * Fetches .deb files of other suites through a separate apt state, so that the machine's own state does not change.
 * Signatures are checked as usual.
 * @param {{ what: string, codename: string, suites: readonly string[], folder: string, choices: readonly (readonly
 * string[])[] }} request
 *   `what`: what is fetched, for the error; `choices`: package specifications to fetch together, the best first. The
 * next
 *   choice is tried if the mirror lacks a package of this one.
 * @returns {Promise<string[]>} absolute paths of the files
 */
export async function downloadDebs({ what, codename, suites, folder, choices }) {
  const settings = await writePrivateState({ codename, suites, folder });
  await mustRun('apt-get', [...settings, 'update', '-q'], failed);
  for (const specifications of choices) {
    const debs = join(folder, 'debs');
    rmSync(debs, { recursive: true, force: true });
    mkdirSync(debs);
    const outcome = await run('apt-get', [...settings, 'download', '-q', ...specifications], { cwd: debs });
    if (outcome.code === 0) return readdirSync(debs).map((name) => withoutEscapes(debs, name));
  }
  throw new SetupError(`Debian's mirror has no ${what}`, {
    ...failed,
    details: `looked for ${choices.map((choice) => choice.join(' ')).join(', ')} in ${suites.join(', ')}`,
  });
}

/** @param {{ codename: string, suites: readonly string[], folder: string }} request */
async function writePrivateState({ codename, suites, folder }) {
  for (const sub of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, sub), { recursive: true });
  const mirror = await readMirror(codename);
  const options = existsSync(keyring) ? ` [signed-by=${keyring}]` : '';
  writeFileSync(
    join(folder, 'sources.list'),
    suites.map((suite) => `deb${options} ${mirror} ${suite} main\n`).join(''),
  );
  return [
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    `Dir::Etc::sourcelist=${join(folder, 'sources.list')}`,
    'Dir::Etc::sourceparts=-',
    'Dir::State::status=/dev/null',
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
  ].flatMap((setting) => ['-o', setting]);
}

/**
 * Replaces `%3a`, which apt writes for the colon of an epoch: a Dockerfile's COPY does not find such a name.
 * @param {string} folder
 * @param {string} name
 */
function withoutEscapes(folder, name) {
  const plain = join(folder, name.replaceAll('%3a', '-'));
  renameSync(join(folder, name), plain);
  return plain;
}

/**
 * The settings of the machine's apt that an image needs to reach the same mirror.
 * @param {string} dump output of `apt-config dump`
 */
export function networkSettings(dump) {
  const wanted = /^Acquire::(Check-Valid-Until|Check-Date|https?::Proxy|Retries) /;
  return dump
    .split('\n')
    .filter((line) => wanted.test(line))
    .map((line) => `${line}\n`)
    .join('');
}
