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
import { defineCommand } from './define-command.ts';
import type { Flags } from './options.ts';
import { openShell } from './sandbox-shell.ts';

const whichOne = { name: '[id]', text: 'which sandbox, if there are several' };
const exits = { passed: 'done' };

export const sandboxCommands = [
  defineCommand({
    name: 'sandbox up',
    summary: 'start a sandbox and print how to reach it',
    needsDocker: true,
    options: ['timeScale'],
    exits,
    run: up,
  }),
  defineCommand({
    name: 'sandbox shell',
    summary: "open the operator's shell, in which the runbook's commands work as in a run",
    argument: whichOne,
    needsDocker: true,
    exits: { passed: "the shell's own exit code" },
    run: (_, [id]) => openShell(id),
  }),
  defineCommand({
    name: 'sandbox reset',
    summary: 'empty the queues of a sandbox and repair its containers',
    argument: whichOne,
    needsDocker: true,
    exits,
    run: (_, [id]) => reset(id),
  }),
  defineCommand({
    name: 'sandbox down',
    summary: 'remove a sandbox',
    argument: whichOne,
    needsDocker: true,
    exits,
    run: (_, [id]) => down(id),
  }),
  defineCommand({
    name: 'sandbox clean',
    summary: 'remove everything of this project that no living run owns',
    needsDocker: true,
    exits: { passed: 'done', failed: 'something could not be removed' },
    run: clean,
  }),
];

async function up({ timeScale }: Flags<'timeScale'>): Promise<void> {
  const directory = process.cwd();
  const { config } = await loadProject(directory);
  const engine = await connectEngine();
  printCleared(await clearLeftovers(engine, directory, { kept: false }), process.stderr);
  const started = performance.now();
  const lease = takeLease(directory, 'sandbox up');
  const sandbox = await startSandbox({
    projectDir: directory,
    config,
    manifest: await readSetupManifest(directory),
    clock: createSandboxClock(timeScale ?? config.timeScale),
    startWithinMs: 120_000,
    lease,
  });
  // From here on the sandbox outlives this process. Without this line the next start would remove it.
  await writeLease(sandbox.directory, { ...lease, kept: true });
  const redis = await sandbox.address(config.services.redis, config.ports.redis);
  const api = await sandbox.address(config.services.api, config.ports.api);
  const lines = [
    `sandbox ${sandbox.id} is up after ${((performance.now() - started) / 1000).toFixed(1)} s, ${sandbox.clock.rate} sandbox seconds a second`,
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
  // This command does not know the settings that Redis had before someone used the sandbox.
  const restored = await resetFleet(fleet, AbortSignal.timeout(60_000), [config.services.redis]).finally(() =>
    fleet.redis.disconnect(),
  );
  for (const sentence of restored) process.stdout.write(`${plainText(sentence)}\n`);
  process.stdout.write(`reset in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

async function clean(): Promise<void> {
  const cleared = await clearLeftovers(await connectEngine(), process.cwd(), { kept: true });
  printCleared(cleared, process.stdout);
  if (cleared.done.length + cleared.stuck.length === 0) process.stdout.write('nothing to remove\n');
  if (cleared.stuck.length > 0) process.exitCode = exitCode.failed;
}

function printCleared({ done, stuck }: Cleared, output: NodeJS.WritableStream): void {
  for (const sentence of [...done, ...stuck]) output.write(`${plainText(sentence)}\n`);
}
