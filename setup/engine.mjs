import { existsSync, openSync, readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

import { installPackages } from './apt.mjs';
import { SetupError } from './errors.mjs';
import { findOnPath } from './host.mjs';
import { lastLines, mustRun, run } from './run.mjs';

const daemonLog = '/var/log/drillbook-dockerd.log';

/**
 * @typedef {object} Engine
 * @property {string} version
 * @property {string} api version of the Engine API that client and engine agreed on
 * @property {boolean} installed whether this run of set-up installed it
 * @property {string} arch of the images it runs, e.g. `amd64`
 */

/**
 * Finds the engine that the docker client reaches. If there is none and set-up may, it starts or installs one.
 * @param {{ log: import('./log.mjs').SetupLog, host: import('./host.mjs').Host, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<Engine>}
 */
export async function prepareEngine({ log, host, env = process.env }) {
  const found = await askEngine();
  if ('version' in found) return { ...found, installed: false };
  const plan = planEngine({
    host,
    env,
    daemonInstalled: findOnPath('dockerd', env) !== undefined,
    clientInstalled: found.client,
    answer: found.answer,
  });
  if ('error' in plan) throw plan.error;
  if (plan.install) await log.step('installing docker.io', installEngine);
  const engine = await log.step('starting dockerd', () => startEngine(host.hint));
  return { ...engine, installed: plan.install };
}

/**
 * Decides what to do if no engine answers. It is a pure function, so that every refusal can be tested.
 * @param {{ host: import('./host.mjs').Host, env: NodeJS.ProcessEnv, daemonInstalled: boolean, clientInstalled:
 * boolean, answer: string }} facts
 * @returns {{ install: boolean } | { error: SetupError }}
 */
export function planEngine({ host, env, daemonInstalled, clientInstalled, answer }) {
  const where = env['DOCKER_HOST'];
  const code = 'NO_ENGINE';
  if (where) {
    const next = `start it, or unset DOCKER_HOST`;
    return { error: new SetupError(`no Docker engine answers on ${where}`, { code, next, details: answer }) };
  }
  const place = env['DOCKER_CONTEXT'] ? `in the context ${env['DOCKER_CONTEXT']}` : 'on the default socket';
  if (host.mayInstall) return { install: !daemonInstalled || !clientInstalled };
  const next = daemonInstalled ? 'start it (`sudo systemctl start docker`, or `dockerd` as root)' : host.hint;
  return {
    error: new SetupError(`no Docker engine answers ${place}, and ${host.whyNot}`, { code, next, details: answer }),
  };
}

/** @returns {Promise<{ version: string, api: string, arch: string } | { client: boolean, answer: string }>} */
async function askEngine() {
  const format = '{{.Server.Version}} {{.Client.APIVersion}} {{.Server.Arch}}';
  const outcome = await run('docker', ['version', '--format', format], { timeoutMs: 10_000 });
  const [version, api, arch] = outcome.stdout.trim().split(' ');
  if (outcome.code === 0 && version && api && arch) return { version, api, arch };
  return { client: outcome.code !== 127, answer: lastLines(outcome.stderr, 2) };
}

async function installEngine() {
  await installPackages(['docker.io']);
  // Since Debian 13 the client is a separate package.
  if (!findOnPath('docker')) await installPackages(['docker-cli']);
}

/** @param {string} next */
async function startEngine(next) {
  if (existsSync('/run/systemd/system')) {
    await mustRun('systemctl', ['start', 'docker'], { code: 'ENGINE_START', next: 'see `journalctl -u docker`' });
    return awaitEngine(() => '', next);
  }
  const log = openSync(daemonLog, 'a');
  // In a session of its own, the engine outlives this run, and Ctrl-C does not reach it.
  const daemon = spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] });
  let ended = '';
  daemon.once('error', (error) => (ended = error.message));
  daemon.once('exit', (code) => (ended = `dockerd ended with ${code}`));
  daemon.unref();
  return awaitEngine(() => ended, next);
}

/**
 * @param {() => string} ended why the engine will not answer any more; empty while it may
 * @param {string} next
 */
async function awaitEngine(ended, next) {
  const deadline = performance.now() + 60_000;
  let grace = 20;
  for (;;) {
    const found = await askEngine();
    if ('version' in found) return found;
    // If another process started dockerd at the same moment, ours ends and the other one answers a little later.
    if (ended() && grace-- <= 0) throw notStarted(ended(), next);
    if (performance.now() > deadline) throw notStarted('dockerd did not answer within 60 s', next);
    await delay(200);
  }
}

/**
 * @param {string} why
 * @param {string} next
 */
function notStarted(why, next) {
  const details = existsSync(daemonLog) ? lastLines(readFileSync(daemonLog, 'utf8'), 10) : '';
  return new SetupError(`the Docker engine did not start: ${why}`, {
    code: 'ENGINE_START',
    next: `see ${daemonLog}, or ${next}`,
    details,
  });
}
