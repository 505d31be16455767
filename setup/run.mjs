import { spawn } from 'node:child_process';

import { SetupError } from './errors.mjs';

/** The running commands, so that an interrupted set-up can end them. */
const underWay = new Set();

/**
 * @typedef {object} RunOptions
 * @property {number} [timeoutMs] default: ten minutes
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] replaces the whole environment
 *
 * @typedef {object} Outcome
 * @property {number} code exit code; 127 if there is no such command, 124 if it ran out of time
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs a command to its end. Never rejects: the caller checks the exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
    underWay.add(child);
    const output = { stdout: '', stderr: '' };
    let outOfTime = false;
    const timer = setTimeout(() => {
      outOfTime = true;
      child.kill('SIGKILL');
    }, options.timeoutMs ?? 600_000);
    const end = (/** @type {number} */ code) => {
      clearTimeout(timer);
      underWay.delete(child);
      resolve({ code, ...output });
    };
    for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
      child[stream].setEncoding('utf8').on('data', (text) => (output[stream] += text));
    }
    child.once('error', (error) => {
      output.stderr += error.message;
      end(127);
    });
    child.once('close', (code) => end(outOfTime ? 124 : (code ?? 1)));
  });
}

/**
 * Runs a command that must succeed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions & { code: string, next: string }} options `code` and `next` of the error if it fails
 * @returns {Promise<string>} its stdout
 */
export async function mustRun(command, args, options) {
  const outcome = await run(command, args, options);
  if (outcome.code === 0) return outcome.stdout;
  throw new SetupError(`\`${[command, ...args].join(' ')}\` failed with exit code ${outcome.code}`, {
    code: options.code,
    next: options.next,
    details: lastLines(`${outcome.stdout}\n${outcome.stderr}`, 15),
  });
}

/** Ends all commands that are still running. */
export function endCommandsUnderWay() {
  for (const child of underWay) child.kill('SIGTERM');
}

/**
 * @param {string} text
 * @param {number} count
 */
export function lastLines(text, count) {
  return text.trim().split('\n').slice(-count).join('\n');
}
