import { run } from './run.mjs';

/** How long an answer "there is no registry" is believed when something has to be made; a machine may have gone online. */
const believedMs = 10 * 60_000;

/**
 * @typedef {object} RegistryAnswer
 * @property {boolean} answers
 * @property {string} at when it was asked, ISO 8601
 */

/**
 * Whether an image registry answers, asked at most once in a set-up: pulling a small published image either works at once or the machine has none.
 * @param {RegistryAnswer | undefined} remembered
 */
export function registryQuestion(remembered) {
  /** @type {Promise<RegistryAnswer> | undefined} */
  let asked;
  return {
    /** What an earlier set-up was told. */
    remembered,
    /** @returns {Promise<RegistryAnswer>} */
    ask() {
      if (remembered && !remembered.answers && isFresh(remembered, Date.now())) return Promise.resolve(remembered);
      asked ??= pull(firstImage, 10_000).then((answers) => ({ answers, at: new Date().toISOString() }));
      return asked;
    },
    /** The newest answer there is, without asking for one. */
    known: () => asked ?? Promise.resolve(remembered),
  };
}

/** Small, and needed anyway. */
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
