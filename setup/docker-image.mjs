import { rmSync } from 'node:fs';

import { mustRun, run } from './run.mjs';

const failed = { code: 'IMAGE_BUILD', next: 'see the lines above, fix the problem, and run the same command again' };

/**
 * @typedef {object} ImageFacts
 * @property {string} ref
 * @property {string} version of the program in the image; empty if the image does not state it
 */

/**
 * The image in the engine, or undefined if there is none.
 * @param {string} ref
 * @returns {Promise<ImageFacts | undefined>}
 */
export async function inspectImage(ref) {
  const outcome = await run('docker', ['image', 'inspect', '--format', '{{json .Config}}', ref], { timeoutMs: 20_000 });
  return outcome.code === 0 ? { ref, version: versionIn(outcome.stdout) } : undefined;
}

/**
 * The version of an image: a label of the images built here, an environment variable of the published ones.
 * @param {string} json an image's `Config`
 */
export function versionIn(json) {
  /** @type {{ Labels?: Record<string, string> | null, Env?: string[] | null } | null} */
  const config = JSON.parse(json);
  const variable = config?.Env?.find((entry) => /^(NODE|REDIS)_VERSION=/.test(entry));
  return config?.Labels?.['io.drillbook.version'] ?? variable?.split('=')[1] ?? '';
}

/**
 * @param {{ name: string, ref: string, version: string, context: string, dockerfile?: string, args?:
 * Readonly<Record<string, string>> }} image
 * @returns {Promise<void>}
 */
export async function buildImage({ name, ref, version, context, dockerfile, args = {} }) {
  await mustRun(
    'docker',
    [
      ...['build', '--quiet', '--tag', ref],
      ...['--label', `io.drillbook.image=${name}`, '--label', `io.drillbook.version=${version}`],
      ...(dockerfile ? ['--file', dockerfile] : []),
      ...Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
      context,
    ],
    failed,
  );
}

/**
 * Turns a folder with a root file system into an image.
 * @param {{ name: string, ref: string, version: string, folder: string }} image
 */
export async function importImage({ name, ref, version, folder }) {
  const archive = `${folder}.tar`;
  await mustRun('tar', ['-C', folder, '-cf', archive, '.'], failed);
  const labels = [`LABEL io.drillbook.image=${name}`, `LABEL io.drillbook.version=${version}`, 'CMD ["bash"]'];
  await mustRun('docker', ['import', ...labels.flatMap((change) => ['--change', change]), archive, ref], failed);
  rmSync(archive);
}
