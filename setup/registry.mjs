import { run } from './run.mjs';

/** How long the answer "no registry" is used before the next question. The machine may be online by then. */
const believedMs = 10 * 60_000;

/**
 * @typedef {object} RegistryAnswer
 * @property {boolean} answers
 * @property {string} at time of the answer, ISO 8601
 */

/**
 * Finds out whether an image registry answers, at most once in a set-up: it pulls a small published image, which
 * works at
 * once or not at all.
 * @param {RegistryAnswer | undefined} remembered
 */
export function registryQuestion(remembered) {
  /** @type {Promise<RegistryAnswer> | undefined} */
  let asked;
  return {
    /** The answer of an earlier set-up. */
    remembered,
    /** @returns {Promise<RegistryAnswer>} */
    ask() {
      if (remembered && !remembered.answers && isFresh(remembered, Date.now())) return Promise.resolve(remembered);
      asked ??= pull(firstImage, 10_000).then((answers) => ({ answers, at: new Date().toISOString() }));
      return asked;
    },
    /** The newest known answer. This does not ask. */
    known: () => asked ?? Promise.resolve(remembered),
  };
}

/** A small image that is needed anyway. */
const firstImage = 'redis:8.4.0';

/**
 * @param {RegistryAnswer} answer
 * @param {number} nowMs
 */
export function isFresh(answer, nowMs) {
  const age = nowMs - Date.parse(answer.at);
  return age >= 0 && age < believedMs;
}

/**
 * @param {string} ref
 * @param {number} [timeoutMs]
 * @returns {Promise<boolean>}
 */
export async function pull(ref, timeoutMs = 600_000) {
  return (await run('docker', ['pull', '--quiet', ref], { timeoutMs })).code === 0;
}
