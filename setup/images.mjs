import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { fleetHash, prepareFleetContext } from '../fixtures/images/fleet/prepare.mjs';
import { composePluginPath } from './compose.mjs';
import { buildImage, inspectImage } from './docker-image.mjs';
import { contentHash } from './hash.mjs';
import { buildToxiproxy, fetchNode, fetchRedis, versions } from './ingredients.mjs';
import { suite } from './base-image.mjs';
import { cache, root, state } from './paths.mjs';
import { pull } from './registry.mjs';

/**
 * @typedef {{ ref: string, source: 'registry' | 'built', version: string }} Image
 *
 * @typedef {object} Kit what all steps use
 * @property {import('./log.mjs').SetupLog} log
 * @property {import('./host.mjs').Host} host
 * @property {ReturnType<import('./registry.mjs').registryQuestion>} registry
 * @property {() => Promise<string>} base
 * @property {{ node: string, version: string }} node
 * @property {string} compose version of the Compose plugin
 *
 * @typedef {object} Recipe
 * @property {string} name
 * @property {string} hash decides the tag
 * @property {(context: string) => Promise<string>} fill adds to the build context what `images/<name>` lacks; returns
 * the version of the program in the image
 * @property {Readonly<Record<string, string>>} [args] of the build
 */

/**
 * The published images if a registry answers, otherwise equivalents that are built from packages.
 * @param {Kit} kit
 */
export function standIns(kit) {
  return {
    redis: () =>
      publishedOr(kit, 'redis:8.4.0', {
        name: 'redis',
        hash: hashOf('redis', [versions.redisPackage]),
        fill: (context) => fetchRedis(context, kit.host),
      }),
    node: () =>
      publishedOr(kit, 'node:24', {
        name: 'node',
        hash: hashOf('node', [kit.node.version, versions.npm]),
        fill: async (context) => {
          await fetchNode(context, kit.node.node);
          return kit.node.version;
        },
      }),
    toxiproxy: () =>
      publishedOr(kit, `ghcr.io/shopify/toxiproxy:${versions.toxiproxy}`, {
        name: 'toxiproxy',
        hash: hashOf('toxiproxy', [versions.toxiproxy]),
        fill: async (context) => {
          await buildToxiproxy(context);
          return versions.toxiproxy;
        },
      }),
  };
}

/**
 * Another version of Redis: the published image, or that version of Debian's package.
 * @param {Kit} kit
 * @param {string} version e.g. `8.0.2`
 */
export function redisImage(kit, version) {
  return publishedOr(kit, `redis:${version}`, {
    name: 'redis',
    hash: hashOf('redis', [`version ${version}`]),
    fill: (context) => fetchRedis(context, kit.host, version),
  });
}

/**
 * The operator's image. It contains the host's own Compose plugin, so that both compute the same config hashes.
 * @param {Kit} kit
 * @returns {Promise<Image>}
 */
export function operatorImage(kit) {
  return built(kit, {
    name: 'operator',
    hash: hashOf('operator', [kit.compose]),
    fill: async (context) => {
      const plugin = kit.host.platform === 'linux' ? await composePluginPath() : undefined;
      if (plugin) cpSync(plugin, join(context, 'docker-compose'), { dereference: true });
      else cpSync(join(root, 'images/operator/published-compose'), context, { recursive: true });
      return kit.compose;
    },
    args: { COMPOSE_VERSION: plainVersion(kit.compose) },
  });
}

/**
 * The example fleet, on top of the Node image.
 * @param {Kit} kit
 * @param {Image} node
 * @param {string} [bullmq] a version other than that of the lock file
 * @returns {Promise<Image>}
 */
export async function fleetImage(kit, node, bullmq) {
  const facts = [node.ref, node.version, await fleetHash({ root }), ...(bullmq ? [bullmq] : [])];
  const ref = `drillbook-fleet:${contentHash({ facts })}`;
  const version = node.version;
  if (await inspectImage(ref)) return { ref, source: 'built', version };
  await kit.log.step(bullmq ? `fleet image with BullMQ ${bullmq}` : 'fleet image', async () => {
    const out = join(state, bullmq ? `fleet-context-bullmq-${bullmq}` : 'fleet-context');
    const { context } = await prepareFleetContext({ root, out, ...(bullmq ? { bullmq } : {}) });
    await buildImage({ name: 'fleet', ref, version, context, args: { BASE: node.ref } });
  });
  return { ref, source: 'built', version };
}

/**
 * @param {Kit} kit
 * @param {string} published
 * @param {Recipe} recipe
 * @returns {Promise<Image>}
 */
async function publishedOr(kit, published, recipe) {
  const local = await inspectImage(published);
  if (local) return asPublished(local);
  const made = await inspectImage(tagOf(recipe));
  // If no registry answered before, use the image that was built then, without asking again.
  if (made && kit.registry.remembered?.answers === false) return { ...made, source: 'built' };
  if ((await kit.registry.ask()).answers) {
    const pulled = await kit.log.step(
      `pulling ${published}`,
      async () => (await pull(published)) && inspectImage(published),
    );
    if (pulled) return asPublished(pulled);
  }
  return built(kit, recipe);
}

/**
 * @param {import('./docker-image.mjs').ImageFacts} image
 * @returns {Image}
 */
function asPublished({ ref, version }) {
  return { ref, source: 'registry', version: version || (ref.split(':').pop() ?? '') };
}

/**
 * @param {Kit} kit
 * @param {Recipe} recipe
 * @returns {Promise<Image>}
 */
async function built(kit, recipe) {
  const ref = tagOf(recipe);
  const made = await inspectImage(ref);
  if (made) return { ...made, source: 'built' };
  const base = await kit.base();
  return kit.log.step(`${recipe.name} image`, async () => {
    mkdirSync(cache, { recursive: true });
    const context = mkdtempSync(join(cache, `context-${recipe.name}-`));
    try {
      cpSync(join(root, 'images', recipe.name), context, { recursive: true });
      const version = await recipe.fill(context);
      await buildImage({ name: recipe.name, ref, version, context, args: { BASE: base, ...recipe.args } });
      return { ref, source: /** @type {const} */ ('built'), version };
    } finally {
      rmSync(context, { recursive: true, force: true });
    }
  });
}

/** @param {Recipe} recipe */
function tagOf({ name, hash }) {
  return `drillbook-${name}:${hash}`;
}

/**
 * @param {string} name
 * @param {readonly string[]} facts
 */
function hashOf(name, facts) {
  return contentHash({ folders: [join(root, 'images', name)], facts: [suite, process.arch, ...facts] });
}

/**
 * `2.40.3` without what distributions and Docker Desktop add (`2.40.3-3`, `2.40.3-desktop.1`).
 * @param {string} version
 */
export function plainVersion(version) {
  return /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? version;
}
