import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { state } from './paths.mjs';

const file = join(state, 'setup.json');

/**
 * What the last set-up found. Drillbook reads this file.
 * @typedef {object} SetupState
 * @property {{ version: string, api: string, installed: boolean }} engine
 * @property {{ version: string, source: 'present' | 'installed' }} compose
 * @property {string} node
 * @property {Readonly<Record<string, import('./images.mjs').Image>>} images
 * @property {Readonly<Record<string, import('./images.mjs').Image>>} variants images with another version, such as
 * `bullmq 5.66.5`
 * @property {{ clock: string, trace: string }} native
 * @property {import('./promtool.mjs').Promtool | null} promtool null if there is none
 * @property {import('./registry.mjs').RegistryAnswer} [registry] the last answer to "is there an image registry"
 */

/** @returns {Partial<SetupState>} empty if there is no readable file */
export function readState() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/**
 * Replaces the file in one step: a reader sees the old or the new one, never half.
 * @param {Partial<SetupState>} next
 */
export function writeState(next) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(next, undefined, 2)}\n`);
  renameSync(draft, file);
}
