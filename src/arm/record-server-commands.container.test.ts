import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { createSmallProject, type SmallProject } from '../../test/support/small-project.ts';
import type { EventBody } from '../history/events.ts';
import { createSandboxClock } from '../kernel/clock.ts';
import { connectEngine } from '../sandbox/engine.ts';
import { takeLease } from '../sandbox/lease.ts';
import { removeSandbox } from '../sandbox/remove-sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { readSetupManifest } from '../sandbox/setup-manifest.ts';
import { startSandbox } from '../sandbox/start-sandbox.ts';
import { loadProject } from '../scenario/load-project.ts';
import { createOperatorHost } from './create-operator-host.ts';
import { connectFleet } from './fleet-session.ts';
import { recordEndingOf, recordServerCommands } from './record-server-commands.ts';

let project: SmallProject;
let sandbox: Sandbox;
beforeAll(async () => {
  project = await createSmallProject();
  const { directory } = project;
  sandbox = await startSandbox({
    projectDir: directory,
    config: (await loadProject(directory)).config,
    manifest: await readSetupManifest(directory),
    clock: createSandboxClock(5),
    startWithinMs: 120_000,
    lease: takeLease(directory, 'test'),
  });
});
afterAll(async () => {
  await removeSandbox(await connectEngine(), { id: sandbox.id, projectDir: project.directory });
  await project[Symbol.asyncDispose]();
});

test('what a block tells Redis is counted before the order that restarts it', async () => {
  const { config } = await loadProject(project.directory);
  const fleet = await connectFleet(sandbox, config);
  const events: EventBody[] = [];
  const context = { fleet, emit: (event: EventBody) => void events.push(event) };
  const { signal } = new AbortController();
  const host = createOperatorHost(sandbox.operator, project.directory);
  await sandbox.operator.ensure();
  const wall = await sandbox.openWall(() => undefined, recordEndingOf(context));
  await recordServerCommands(context, 'x', 'before', signal);
  const block = 'docker compose exec -T redis redis-cli config set timeout 77; docker compose restart -t 1 redis';
  expect(await host.run(['bash', '-c', block])).toMatchObject({ exitCode: 0 });
  await recordServerCommands(context, 'x', 'after', signal);
  await wall.close();
  const [before, ending, after] = events.map((event) =>
    event.type === 'redis.commands' || event.type === 'redis.ending' ? event : undefined,
  );
  expect(events.map(({ type }) => type)).toEqual(['redis.commands', 'redis.ending', 'redis.commands']);
  expect(ending?.runId).toBe(before?.runId);
  expect(ending?.calls['config|set']).toBe((before?.calls['config|set'] ?? 0) + 1);
  expect(after).toMatchObject({ service: 'redis', calls: {} });
  expect(after?.runId).not.toBe(before?.runId);
  fleet.redis.disconnect();
});

test('of a Redis that is down nothing is recorded, and nothing is waited for', async () => {
  const fleet = await connectFleet(sandbox, (await loadProject(project.directory)).config);
  const events: EventBody[] = [];
  await sandbox.kill('redis', 'SIGKILL');
  const context = { fleet, emit: (event: EventBody) => void events.push(event) };
  // Each try looks at the container once.
  const find = vi.spyOn(sandbox, 'find');
  await recordServerCommands(context, 'x', 'after', new AbortController().signal);
  expect(find).toHaveBeenCalledTimes(1);
  await recordEndingOf(context)('redis');
  expect(find).toHaveBeenCalledTimes(2);
  expect(events).toEqual([]);
  fleet.redis.disconnect();
});
