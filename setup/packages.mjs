import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SetupError } from './errors.mjs';
import { contentHash } from './hash.mjs';
import { root } from './paths.mjs';
import { mustRun, run } from './run.mjs';

const lockfile = join(root, 'package-lock.json');
const stampFile = join(root, 'node_modules', '.drillbook-stamp');
const bundledNode = join(root, 'node_modules', 'node', 'bin', 'node');
const failed = { code: 'NPM', next: 'see the lines above, and check that `npm ping` works on this machine' };

/**
 * Installs the packages of the lockfile, and Node 24. Node is an npm package; its install script is the only one that
 * runs.
 * @param {{ log: import('./log.mjs').SetupLog, mayInstall: boolean }} options
 * @returns {Promise<{ node: string, version: string }>} the Node to run Drillbook with
 */
export async function preparePackages({ log, mayInstall }) {
  const stamp = contentHash({ files: [lockfile], facts: [process.platform, process.arch] });
  if (readStamp() !== stamp && !treeMatches()) {
    if (!mayInstall) throw mayNotInstall();
    const install = ['ci', '--ignore-scripts', '--loglevel=error'];
    await log.step('npm ci', () => mustRun('npm', install, { ...failed, cwd: root }));
  }
  let found = await findNode();
  if (!found) {
    if (!mayInstall) throw mayNotInstall();
    const rebuild = ['rebuild', 'node', '--loglevel=error'];
    await log.step('npm rebuild node', () => mustRun('npm', rebuild, { ...failed, cwd: root }));
    found = await findNode();
  }
  if (!found) throw new SetupError('the npm package `node` did not install Node 24', failed);
  if (readStamp() !== stamp) writeFileSync(stampFile, `${stamp}\n`);
  return found;
}

function mayNotInstall() {
  return new SetupError('node_modules does not match package-lock.json, and DRILLBOOK_NO_INSTALL is set', {
    code: 'PACKAGES_MISSING',
    next: 'run `npm ci --ignore-scripts && npm rebuild node`, or unset DRILLBOOK_NO_INSTALL',
  });
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8').trim() : undefined;
}

/** Whether npm's own record in node_modules matches the lockfile: the user may have run `npm ci`. */
function treeMatches() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  return existsSync(hidden) && lockfilesAgree(readFileSync(lockfile, 'utf8'), readFileSync(hidden, 'utf8'));
}

/**
 * @param {string} wanted text of package-lock.json
 * @param {string} installed text of node_modules/.package-lock.json
 */
export function lockfilesAgree(wanted, installed) {
  const want = packagesOf(wanted);
  const have = packagesOf(installed);
  const missing = Object.entries(want).filter(
    ([path, entry]) => path !== '' && !entry.optional && have[path]?.version !== entry.version,
  );
  const foreign = Object.entries(have).filter(([path, entry]) => want[path]?.version !== entry.version);
  return missing.length === 0 && foreign.length === 0;
}

/**
 * @param {string} text
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(text) {
  return JSON.parse(text).packages ?? {};
}

/** The Node of the npm package, or the one that runs this code if it is new enough. */
async function findNode() {
  for (const node of [bundledNode, process.execPath]) {
    const version = node === process.execPath ? process.versions.node : await versionOf(node);
    if (version && Number(version.split('.')[0]) >= 24) return { node, version };
  }
  return undefined;
}

/** @param {string} node */
async function versionOf(node) {
  if (!existsSync(node)) return undefined;
  const outcome = await run(node, ['--version'], { timeoutMs: 10_000 });
  return outcome.code === 0 ? outcome.stdout.trim().replace(/^v/, '') : undefined;
}
