import type { Command } from 'commander';

import { createSandboxClock } from '../kernel/clock.ts';
import { exitCode } from '../kernel/errors.ts';
import { clearLeftovers, type Cleared } from '../run/clear-leftovers.ts';
import { plainText } from '../kernel/plain-text.ts';
import { reachFleet } from '../arm/fleet-session.ts';
import { resetFleet } from '../arm/reset-fleet.ts';
import { loadProject } from '../scenario/load-project.ts';
import { attachSandbox } from '../sandbox/attach-sandbox.ts';
import { connectEngine } from '../sandbox/engine.ts';
import { takeLease, writeLease } from '../sandbox/lease.ts';
import { removeSandbox } from '../sandbox/remove-sandbox.ts';
import { readSetupManifest } from '../sandbox/setup-manifest.ts';
import { startSandbox } from '../sandbox/start-sandbox.ts';
import { chooseSandbox } from './choose-sandbox.ts';
import { readTimeScale } from './read-flags.ts';
import { openShell } from './sandbox-shell.ts';

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
    .command('shell')
    .description("open the operator's shell: the commands of a runbook work there as in a run")
    .argument('[id]', 'which one, when there are several')
    .action(openShell);
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
  const engine = await connectEngine();
  tell(await clearLeftovers(engine, directory, { kept: false }), process.stderr);
  const started = performance.now();
  const lease = takeLease(directory, 'sandbox up');
  const sandbox = await startSandbox({
    projectDir: directory,
    config,
    manifest: await readSetupManifest(directory),
    clock: createSandboxClock(flags.timeScale ?? config.timeScale),
    startWithinMs: 120_000,
    lease,
  });
  // It outlives this process from here on; had it died before, the next start would have cleared it away.
  await writeLease(sandbox.directory, { ...lease, kept: true });
  const redis = await sandbox.address(config.services.redis, config.ports.redis);
  const api = await sandbox.address(config.services.api, config.ports.api);
  const lines = [
    `sandbox ${sandbox.id} is up after ${((performance.now() - started) / 1000).toFixed(1)} s, ${sandbox.clock.factor} sandbox seconds a second`,
    `  redis     redis-cli -h ${redis.host} -p ${redis.port}`,
    `  metrics   http://${api.host}:${api.port}/metrics`,
    `  operator  drillbook sandbox shell ${sandbox.id}`,
    `  remove    drillbook sandbox down ${sandbox.id}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function down(id: string | undefined): Promise<void> {
  const directory = process.cwd();
  const engine = await connectEngine();
  const chosen = await chooseSandbox(engine, directory, id);
  const started = performance.now();
  const removed = await removeSandbox(engine, { id: chosen.id, projectDir: directory });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `removed ${removed.containers} containers, ${removed.networks} networks, ${removed.volumes} volumes in ${seconds} s\n`,
  );
}

async function reset(id: string | undefined): Promise<void> {
  const directory = process.cwd();
  const { config } = await loadProject(directory);
  const sandbox = await attachSandbox(directory, (await chooseSandbox(await connectEngine(), directory, id)).id);
  const started = performance.now();
  const fleet = await reachFleet(sandbox, config);
  // What Redis was set to before somebody used the sandbox is not known here.
  const restored = await resetFleet(fleet, AbortSignal.timeout(60_000), [config.services.redis]).finally(() =>
    fleet.redis.disconnect(),
  );
  for (const sentence of restored) process.stdout.write(`${plainText(sentence)}\n`);
  process.stdout.write(`reset in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

async function clean(): Promise<void> {
  const cleared = await clearLeftovers(await connectEngine(), process.cwd(), { kept: true });
  tell(cleared, process.stdout);
  if (cleared.done.length + cleared.stuck.length === 0) process.stdout.write('nothing to remove\n');
  if (cleared.stuck.length > 0) process.exitCode = exitCode.failed;
}

function tell({ done, stuck }: Cleared, output: NodeJS.WritableStream): void {
  for (const sentence of [...done, ...stuck]) output.write(`${plainText(sentence)}\n`);
}
