// Prepares everything that a command needs, and changes nothing that is already there:
//
//     lock ┬ packages.mjs: node_modules, Node 24
//          └ engine.mjs → compose.mjs
//          → images.mjs: Redis, Node → fleet, Toxiproxy, operator;  native.mjs: libraries;  promtool.mjs;  chromium.mjs
//          → state.mjs: .drillbook/setup.json, which Drillbook reads
//
// An image comes from a registry if one answers; otherwise it is built here. Its tag is a hash of its sources.
import { join } from 'node:path';

import { baseImage } from './base-image.mjs';
import { prepareChromium } from './chromium.mjs';
import { prepareCompose } from './compose.mjs';
import { prepareEngine } from './engine.mjs';
import { fleetImage, operatorImage, redisImage, standIns } from './images.mjs';
import { takeLock } from './lock.mjs';
import { prepareNative } from './native.mjs';
import { preparePackages } from './packages.mjs';
import { state } from './paths.mjs';
import { preparePromtool } from './promtool.mjs';
import { registryQuestion } from './registry.mjs';
import { readState, writeState } from './state.mjs';

/**
 * @typedef {object} Variants versions to prepare in addition to those of the lock file and of the published images
 * @property {readonly string[]} bullmq of the fleet
 * @property {readonly string[]} redis
 */

/**
 * Prepares what a command needs. Another set-up that runs at the same time is waited for.
 * @param {{ log: import('./log.mjs').SetupLog, host: import('./host.mjs').Host, needs:
 * import('./needs.mjs').Needs, variants: Variants }} options
 * @returns {Promise<{ node: string }>} the Node to run the command with
 */
export async function prepare({ log, host, needs, variants }) {
  const release = await takeLock({
    folder: join(state, 'setup.lock'),
    withinMs: 30 * 60_000,
    onWait: (pid) => log.say(`waiting for another set-up (process ${pid}) ...`),
  });
  try {
    const packages = preparePackages({ log, mayInstall: !host.noInstall });
    if (!needs.docker) {
      const [node] = await Promise.all([packages, needs.promtool ? recordPromtool(log, host) : undefined]);
      return node;
    }
    const [node, { engine, compose }] = await Promise.all([packages, prepareTools(log, host)]);
    await prepareRest({ log, host, node, engine, compose, wanted: variants, chromium: needs.chromium });
    return node;
  } finally {
    release();
  }
}

/**
 * Leaves what an earlier set-up recorded about the engine and the images.
 * @param {import('./log.mjs').SetupLog} log
 * @param {import('./host.mjs').Host} host
 */
async function recordPromtool(log, host) {
  const promtool = await preparePromtool({ log, host });
  writeState({ ...readState(), promtool });
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
 * @param {boolean} found.chromium
 */
async function prepareRest({ log, host, node, engine, compose, wanted, chromium }) {
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
      preparePromtool({ log, host }),
      chromium ? prepareChromium({ log, host }) : undefined,
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
  const tools = `engine ${version}, Compose ${compose.version}, Node ${node.version}`;
  log.finish(
    `${tools}, ${promtool ? `promtool ${promtool.version}` : 'no promtool'}, Redis ${redis.version}, ${origin}`,
  );
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
