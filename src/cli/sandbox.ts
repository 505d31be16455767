import path from 'node:path';
import type { Command } from 'commander';

import { InputError } from '../kernel/errors.ts';
import { plainText } from '../kernel/plain-text.ts';
import { connectFleet, resetFleet } from '../run/fleet-session.ts';
import { loadProject } from '../run/project.ts';
import { attachSandbox } from '../sandbox/attach-sandbox.ts';
import { connectEngine } from '../sandbox/engine.ts';
import { sandboxesDir } from '../sandbox/lease.ts';
import { removeSandbox } from '../sandbox/remove-sandbox.ts';
import { readSetupManifest } from '../sandbox/setup-manifest.ts';
import { startSandbox } from '../sandbox/start-sandbox.ts';
import { listSandboxes, sweep } from '../sandbox/sweep.ts';
import { readTimeScale } from './read-flags.ts';

export function addSandbox(program: Command): void {
  const sandbox = program.command('sandbox').description('start, reset and remove a copy of the fleet by hand');
  sandbox
    .command('up')
    .description('start a sandbox and print how to reach it')
    .option('--time-scale <n>', 'sandbox seconds per real second, 1 to 60', readTimeScale)
    .action(up);
  sandbox
    .command('down')
    .description('remove a sandbox')
    .argument('[id]', 'which one, when there are several')
    .action(down);
  sandbox
    .command('reset')
    .description('empty its queues and mend its containers')
    .argument('[id]', 'which one, when there are several')
    .action(reset);
  sandbox.command('clean').description('remove everything of this project that no living run owns').action(clean);
}

async function up(flags: { readonly timeScale?: number }): Promise<void> {
  const directory = process.cwd();
  const { config } = await loadProject(directory);
  const started = performance.now();
  const sandbox = await startSandbox({
    projectDir: directory,
    composeFile: path.resolve(directory, config.compose),
    manifest: await readSetupManifest(directory),
    timeScale: flags.timeScale ?? config.timeScale,
    services: config.services,
    realTimeServices: config.realTimeServices,
    startWithinMs: 120_000,
    owned: false,
  });
  const redis = await sandbox.address(config.services.redis, config.ports.redis);
  const api = await sandbox.address(config.services.api, config.ports.api);
  const lines = [
    `sandbox ${sandbox.id} is up after ${((performance.now() - started) / 1000).toFixed(1)} s, ${sandbox.clock.factor} sandbox seconds a second`,
    `  redis     redis-cli -h ${redis.host} -p ${redis.port}`,
    `  metrics   http://${api.host}:${api.port}/metrics`,
    `  operator  docker exec -it ${sandbox.project}-operator bash`,
    `  remove    drillbook sandbox down ${sandbox.id}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function down(id: string | undefined): Promise<void> {
  const directory = process.cwd();
  const chosen = await choose(directory, id);
  const started = performance.now();
  const removed = await removeSandbox(await connectEngine(), chosen, path.join(sandboxesDir(directory), chosen));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `removed ${removed.containers} containers, ${removed.networks} networks, ${removed.volumes} volumes in ${seconds} s\n`,
  );
}

async function reset(id: string | undefined): Promise<void> {
  const directory = process.cwd();
  const { config } = await loadProject(directory);
  const sandbox = await attachSandbox(directory, await choose(directory, id));
  const started = performance.now();
  const fleet = await connectFleet(sandbox, config);
  const whole = await resetFleet(fleet, AbortSignal.timeout(60_000)).finally(() => fleet.redis.disconnect());
  whole.redis.disconnect();
  process.stdout.write(`reset in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

async function clean(): Promise<void> {
  const swept = await sweep(await connectEngine(), process.cwd(), { kept: true });
  process.stdout.write(swept.length > 0 ? plainText(`removed ${swept.join(', ')}\n`) : 'nothing to remove\n');
}

async function choose(directory: string, id: string | undefined): Promise<string> {
  const known = (await listSandboxes(directory)).map(({ lease }) => lease.id);
  const chosen = id ?? (known.length === 1 ? known[0] : undefined);
  if (chosen !== undefined && known.includes(chosen)) return chosen;
  throw new InputError(id === undefined ? 'say which sandbox' : `there is no sandbox ${id}`, {
    code: 'SANDBOX_UNKNOWN',
    next: known.length > 0 ? `choose among ${known.join(', ')}` : 'none is up: "drillbook sandbox up" starts one',
  });
}
