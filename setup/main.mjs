#!/usr/bin/env node
// Sets up everything that Drillbook needs, and then runs Drillbook or another command:
//
//     node setup/main.mjs <arguments of drillbook>
//     node setup/main.mjs --run <command> ...
//
//     arguments → needs.mjs → prepare (prepare.mjs) → the command, with Node 24 and node_modules/.bin on its PATH
//
// The folder is plain JavaScript without dependencies, because an older Node must be able to run it.
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { constants } from 'node:os';

import { exitCode, formatSetupError, SetupError } from './errors.mjs';
import { readHost } from './host.mjs';
import { SetupLog } from './log.mjs';
import { needsOf } from './needs.mjs';
import { root } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { endCommandsUnderWay } from './run.mjs';
import { readVersions } from './versions.mjs';

const args = process.argv.slice(2);
const interrupts = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

const stop = () => {
  endCommandsUnderWay();
  process.stderr.write('drillbook: set-up was interrupted; run the same command again to continue\n');
  process.exit(exitCode.interrupted);
};
for (const signal of interrupts) process.once(signal, stop);

try {
  const variants = { bullmq: readVersions(args, '--bullmq'), redis: readVersions(args, '--redis') };
  const { node } = await prepare({ log: new SetupLog(), host: readHost(), needs: needsOf(args), variants });
  for (const signal of interrupts) process.off(signal, stop);
  runCommand(node);
} catch (error) {
  endCommandsUnderWay();
  process.stderr.write(`${formatSetupError(error)}\n`);
  process.exitCode = error instanceof SetupError ? error.exitCode : exitCode.broken;
}

/** @param {string} node */
function runCommand(node) {
  const path = [join(root, 'node_modules', '.bin'), dirname(node), process.env['PATH'] ?? ''].join(delimiter);
  const [command, ...rest] = args[0] === '--run' ? args.slice(1) : [node, join(root, 'bin', 'drillbook.mjs'), ...args];
  const child = spawn(command ?? node, rest, { stdio: 'inherit', env: { ...process.env, PATH: path } });
  // Ctrl-C in a terminal also reaches the child, which does no harm. `kill` reaches only this process, so pass it on.
  for (const signal of interrupts) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    process.stderr.write(`drillbook: ${command} could not be started: ${error.message}\n`);
    process.exitCode = exitCode.broken;
  });
  child.once('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0));
  });
}
