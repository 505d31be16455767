import { installPackages } from './apt.mjs';
import { SetupError } from './errors.mjs';
import { findOnPath } from './host.mjs';

const commands = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * Path of the browser in which the page tests run.
 * @throws Error if the PATH has none
 */
export function findChromium(env = process.env) {
  const found = lookFor(env);
  if (found) return found;
  const next = 'install one, or run `npm test` as root on Debian';
  throw new Error(`the page tests need a Chromium, and the PATH has none of ${commands.join(', ')}; ${next}`);
}

/**
 * Installs Debian's Chromium if the PATH has none and set-up may install.
 * Only the page tests need it, so a failure here is one line: those tests then fail and say why.
 * @param {{ log: import('./log.mjs').SetupLog, host: import('./host.mjs').Host, env?: NodeJS.ProcessEnv, install?:
 * typeof installPackages }} options
 */
export async function prepareChromium({ log, host, env = process.env, install = installPackages }) {
  if (lookFor(env)) return;
  if (!host.mayInstall) {
    log.say(`there is no Chromium, and ${host.whyNot}, so the page tests will fail`);
    return;
  }
  try {
    await log.step('installing chromium', () => install(['chromium']));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    log.say([`there is no Chromium, so the page tests will fail: ${error.message}`, error.details].join('\n').trim());
  }
}

/** @param {NodeJS.ProcessEnv} env */
function lookFor(env) {
  return commands.map((command) => findOnPath(command, env)).find((path) => path !== undefined);
}
