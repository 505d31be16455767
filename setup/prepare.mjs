// Prepares everything that a command needs, and changes nothing that is already there:
//
//     lock ┬ packages.mjs: node_modules, Node 24
//          └ engine.mjs → compose.mjs
//          → images.mjs: Redis, Node → fleet, Toxiproxy, operator;  native.mjs: libraries;  promtool.mjs
//          → state.mjs: .drillbook/setup.json, which Drillbook reads
//
// An image comes from a registry if one answers; otherwise it is built here. Its tag is a hash of its sources.
import { join } from 'node:path';

import { baseImage } from './base-image.mjs';
import { prepareCompose } from './compose.mjs';
import { prepareEngine } from './engine.mjs';
import { fleetImage, operatorImage, redisImage, standIns } from './images.mjs';
import { takeLock } from './lock.mjs';
import { prepareNative } from './native.mjs';
import { preparePackages } from './packages.mjs';
import { state } from './paths.mjs';
import { findPromtool } from './promtool.mjs';
import { registryQuestion } from './registry.mjs';
import { readState, writeState } from './state.mjs';

/**
 * @typedef {object} Variants versions to prepare in addition to those of the lock file and of the published images
 * @property {readonly string[]} bullmq of the fleet
 * @property {readonly string[]} redis
 */

/**
 * Prepares what a command needs. Another set-up that runs at the same time is waited for.
 * @param {{ log: import('./log.mjs').SetupLog, host: import('./host.mjs').Host, docker: boolean, variants: Variants
 * }} options
 *   `docker`: whether the command needs the engine and the images, or only Node and the packages
 * @returns {Promise<{ node: string }>} the Node to run the command with
 */
export async function prepare({ log, host, docker, variants }) {
  const release = await takeLock({
    folder: join(state, 'setup.lock'),
    withinMs: 30 * 60_000,
    onWait: (pid) => log.say(`waiting for another set-up (process ${pid}) ...`),
  });
  try {
    const packages = preparePackages({ log, mayInstall: !host.noInstall });
    if (!docker) return await packages;
    const [node, { engine, compose }] = await Promise.all([packages, prepareTools(log, host)]);
    await prepareImages({ log, host, node, engine, compose, wanted: variants });
    return node;
  } finally {
    release();
  }
}

/**
 * @param {import('./log.mjs').SetupLog} log
 * @param {import('./host.mjs').Host} host
 */
async function prepareTools(log, host) {
  const engine = await prepareEngine({ log, host });
  return { engine, compose: await prepareCompose({ log, host }) };
}

/**
 * @param {object} found
 * @param {import('./log.mjs').SetupLog} found.log
 * @param {import('./host.mjs').Host} found.host
 * @param {{ node: string, version: string }} found.node
 * @param {import('./engine.mjs').Engine} found.engine
 * @param {{ version: string, source: 'present' | 'installed' }} found.compose
 * @param {Variants} found.wanted
 */
async function prepareImages({ log, host, node, engine, compose, wanted }) {
  const registry = registryQuestion(readState().registry);
  const kit = { log, host, registry, base: baseImage({ log, host, registry }), node, compose: compose.version };
  const make = standIns(kit);
  const nodeThenFleet = make.node().then(async (image) => ({
    node: image,
    fleet: await fleetImage(kit, image),
    variants: await makeVariants('bullmq', wanted.bullmq, (version) => fleetImage(kit, image, version)),
  }));
  const [{ node: nodeImage, fleet, variants }, redis, redisVariants, toxiproxy, operator, native, promtool] =
    await Promise.all([
      nodeThenFleet,
      make.redis(),
      makeVariants('redis', wanted.redis, (version) => redisImage(kit, version)),
      make.toxiproxy(),
      operatorImage(kit),
      prepareNative({ ...kit, engineArch: engine.arch }),
      findPromtool(),
    ]);
  const answer = await registry.known();
  const { version, api, installed } = engine;
  writeState({
    engine: { version, api, installed },
    compose,
    node: node.version,
    images: { redis, node: nodeImage, toxiproxy, operator, fleet },
    variants: { ...variants, ...redisVariants },
    native,
    promtool,
    ...(answer ? { registry: answer } : {}),
  });
  const origin = redis.source === 'registry' ? 'published images' : 'images built here';
  log.finish(`engine ${version}, Compose ${compose.version}, Node ${node.version}, Redis ${redis.version}, ${origin}`);
}

/**
 * Builds one variant after the other, because parallel builds are no faster on a small machine.
 * @param {string} what
 * @param {readonly string[]} versions
 * @param {(version: string) => Promise<import('./images.mjs').Image>} make
 */
async function makeVariants(what, versions, make) {
  /** @type {Record<string, import('./images.mjs').Image>} */
  const made = {};
  for (const version of versions) made[`${what} ${version}`] = await make(version);
  return made;
}
