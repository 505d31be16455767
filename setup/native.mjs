import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { buildImage, inspectImage } from './docker-image.mjs';
import { SetupError } from './errors.mjs';
import { contentHash } from './hash.mjs';
import { findOnPath } from './host.mjs';
import { root, state } from './paths.mjs';
import { mustRun } from './run.mjs';

const libraries = /** @type {const} */ ({
  clock: { source: 'sandbox-clock.c', output: 'libsandboxclock.so' },
  trace: { source: 'block-trace.c', output: 'libblocktrace.so' },
});
/** What the sources include. */
const headers = ['clock-record.h'];
const sources = join(root, 'native');
const flags = ['-O2', '-shared', '-fPIC', '-Wall', '-Wextra', '-Werror'];
const libs = ['-ldl', '-lpthread'];
const failed = { code: 'NATIVE_BUILD', next: 'see the lines above; the sources are in native/' };

/** The oldest glibc that an image of the fleet may have. The trace library runs in the operator's image only. */
const glibcFloor = '2.31';

/**
 * Compiles the preloaded libraries for the images' architecture, with the host's compiler if it fits, otherwise in a
 * container.
 * @param {import('./images.mjs').Kit & { engineArch: string }} kit
 * @returns {Promise<{ clock: string, trace: string }>} absolute paths
 */
export async function prepareNative(kit) {
  const files = [...Object.values(libraries).map(({ source }) => source), ...headers].map((name) =>
    join(sources, name),
  );
  const missing = files.find((file) => !existsSync(file));
  if (missing) throw new SetupError(`${missing} is missing`, { code: 'NATIVE_BUILD', next: 'restore it from git' });
  const folder = join(state, 'native', contentHash({ files, facts: [kit.engineArch, ...flags, ...libs] }));
  if (!existsSync(folder)) await kit.log.step('native libraries', () => compileInto(folder, kit));
  return { clock: join(folder, libraries.clock.output), trace: join(folder, libraries.trace.output) };
}

/**
 * @param {string} folder
 * @param {import('./images.mjs').Kit & { engineArch: string }} kit
 */
async function compileInto(folder, kit) {
  const draft = `${folder}.part`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  if (hostCompilerFits(kit)) await compileHere(draft);
  else await compileInContainer(draft, kit);
  const needs = newestGlibc(readFileSync(join(draft, libraries.clock.output)).toString('latin1'));
  if (isNewer(needs, glibcFloor))
    kit.log.say(`the sandbox clock needs glibc ${needs}; images with an older one run in real time`);
  renameSync(draft, folder);
}

/** @param {import('./images.mjs').Kit & { engineArch: string }} kit */
function hostCompilerFits({ host, engineArch }) {
  const arch = { x64: 'amd64', arm64: 'arm64' }[/** @type {string} */ (process.arch)];
  return (
    host.platform === 'linux' &&
    host.distribution !== 'alpine' &&
    arch === engineArch &&
    findOnPath('cc') !== undefined &&
    existsSync('/usr/include/dlfcn.h')
  );
}

/** @param {string} folder */
async function compileHere(folder) {
  for (const { source, output } of Object.values(libraries)) {
    await mustRun('cc', [...flags, '-o', join(folder, output), join(sources, source), ...libs], failed);
  }
}

/**
 * Copies the files with `docker cp`, which also works if the engine is on another machine.
 * @param {string} folder
 * @param {import('./images.mjs').Kit} kit
 */
async function compileInContainer(folder, kit) {
  const context = join(root, 'images/native');
  const ref = `drillbook-native:${contentHash({ folders: [context] })}`;
  if (!(await inspectImage(ref))) {
    const base = await kit.base();
    await buildImage({ name: 'native', ref, version: '', context, args: { BASE: base } });
  }
  const commands = Object.values(libraries).map(({ source, output }) =>
    ['cc', ...flags, '-o', `/out/${output}`, `/native/${source}`, ...libs].join(' '),
  );
  const script = ['set -e', 'mkdir -p /out', ...commands].join('\n');
  const container = (
    await mustRun('docker', ['create', '--label', 'io.drillbook.image=native', ref, 'sh', '-c', script], failed)
  ).trim();
  try {
    await mustRun('docker', ['cp', sources, `${container}:/native`], failed);
    await mustRun('docker', ['start', '--attach', container], failed);
    await mustRun('docker', ['cp', `${container}:/out/.`, folder], failed);
  } finally {
    await mustRun('docker', ['rm', '--force', '--volumes', container], failed);
  }
}

/**
 * The newest version of glibc that a library needs; `0` if it names none.
 * @param {string} bytes
 */
export function newestGlibc(bytes) {
  const named = [...bytes.matchAll(/GLIBC_(\d+\.\d+)/g)].map((match) => match[1] ?? '0');
  return named.reduce((newest, version) => (isNewer(version, newest) ? version : newest), '0');
}

/**
 * @param {string} a
 * @param {string} b
 */
function isNewer(a, b) {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA > majorB || (majorA === majorB && minorA > minorB);
}
