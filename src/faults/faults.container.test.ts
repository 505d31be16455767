import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createSandboxClock } from '../kernel/clock.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { connectFleet, resetFleet, type Fleet } from '../run/fleet-session.ts';
import { loadProject } from '../run/project.ts';
import { connectEngine } from '../sandbox/engine.ts';
import { takeLease } from '../sandbox/lease.ts';
import { removeSandbox } from '../sandbox/remove-sandbox.ts';
import type { ContainerFacts, Sandbox } from '../sandbox/sandbox.ts';
import { readSetupManifest } from '../sandbox/setup-manifest.ts';
import { startSandbox } from '../sandbox/start-sandbox.ts';
import type { FaultSpec } from '../scenario/define-scenario.ts';
import type { FaultTarget } from './fault.ts';
import { injectFault } from './faults.ts';

const directory = path.resolve(import.meta.dirname, '../..');
const service = 'worker-enrichment';
const queues = ['outreach.whatsapp.send', 'payment.webhook'];

let sandbox: Sandbox;
let fleet: Fleet;
beforeAll(async () => {
  const { config } = await loadProject(directory);
  sandbox = await startSandbox({
    projectDir: directory,
    config,
    manifest: await readSetupManifest(directory),
    clock: createSandboxClock(5),
    startWithinMs: 120_000,
    lease: takeLease(directory, 'test'),
  });
  fleet = await connectFleet(sandbox, config);
});
afterAll(async () => {
  fleet.redis.disconnect();
  await removeSandbox(await connectEngine(), { id: sandbox.id, projectDir: directory });
});

const state = async (): Promise<ContainerFacts> => {
  const found = (await sandbox.containers()).find((container) => container.service === service);
  if (!found) throw new Error(`no container of ${service}`);
  return found;
};
const isHealthy = (): Promise<true> =>
  pollUntil(async () => (await state()).health === 'healthy' || undefined, {
    what: `the health of ${service}`,
    withinMs: 60_000,
    everyMs: 100,
  }).then(() => true);
const pauseFlags = (): Promise<readonly number[]> =>
  Promise.all(queues.map((name) => fleet.redis.hexists(`bull:${name}:meta`, 'paused')));
const target = (): FaultTarget => ({
  sandbox,
  redis: fleet.redis,
  redisAddress: fleet.redisAddress,
  prefix: 'bull',
  queues,
});
const inject = (spec: FaultSpec, signal = AbortSignal.timeout(60_000)) => injectFault(spec, target(), signal);

interface Case {
  readonly spec: FaultSpec;
  /** What somebody else than the fault sees while it is in place, and once it is healed. */
  readonly broken: () => Promise<unknown>;
  readonly whole: () => Promise<unknown>;
}

const cases: readonly Case[] = [
  {
    spec: { kind: 'container-killed', service },
    broken: async () => expect(await state()).toMatchObject({ state: 'exited', exitCode: 137 }),
    whole: isHealthy,
  },
  {
    spec: { kind: 'crash-loop', service, path: '/app/config/worker.json', content: '{ "log":' },
    broken: async () => expect((await state()).restarts).toBeGreaterThanOrEqual(2),
    whole: isHealthy,
  },
  {
    spec: { kind: 'queues-paused', queues: { names: queues } },
    broken: async () => expect(await pauseFlags()).toEqual([1, 1]),
    whole: async () => expect(await pauseFlags()).toEqual([0, 0]),
  },
];

describe.each(cases)('$spec.kind', ({ spec, broken, whole }) => {
  test('its effect is seen by others, and healing takes it away', async () => {
    const fault = await inject(spec);
    expect(fault.proof).toEqual({ bit: true, evidence: expect.any(String) as string });
    await broken();
    await fault.heal();
    await whole();
    // What a procedure mended already is left alone.
    const before = await state();
    await fault.heal();
    expect((await state()).startedAt).toBe(before.startedAt);
  });

  test('an interrupt half-way heals it', async () => {
    await expect(inject(spec, AbortSignal.abort(new Error('interrupted')))).rejects.toThrow('interrupted');
    await whole();
  });
});

test('a fault that does not bite says so', async () => {
  const fault = await inject({ kind: 'crash-loop', service, path: '/app/config/worker.json', content: '{}' });
  expect(fault.proof).toMatchObject({ bit: false });
  await fault.heal();
  await isHealthy();
});

test('a restart does not clear a crash loop, a new container does', async () => {
  const fault = await inject({ kind: 'crash-loop', service, path: '/app/config/worker.json', content: '{ "log":' });
  const before = (await state()).restarts;
  await sandbox.restart(service);
  await pollUntil(async () => (await state()).restarts > before + 1, {
    what: 'more restarts',
    withinMs: 30_000,
    everyMs: 50,
  });
  await sandbox.recreate(service);
  expect(await isHealthy()).toBe(true);
  await fault.heal();
});

test('the control port answers the harness, and no procedure gets to it', async () => {
  const { url, token } = fleet.control;
  const answer = await fetch(`${url}/control/faults`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  await sandbox.operator.ensure();
  const curl = ['curl', '-s', '--max-time', '10', '-H', `Authorization: Bearer ${token}`];
  const tried = await sandbox.operator.run([...curl, 'http://external-apis:9100/control/faults']);
  expect(tried).toMatchObject({ exitCode: 7, stdout: '' });
  const toxics = await sandbox.operator.run([...curl, 'http://toxiproxy:8474/proxies']);
  expect(toxics).toMatchObject({ exitCode: 7, stdout: '' });
  const { host, port } = await sandbox.address('toxiproxy', 8474);
  expect((await fetch(`http://${host}:${port}/proxies`)).status).toBe(200);
});

test('a reset brings back a fleet that somebody wrecked', async () => {
  await sandbox.kill('redis', 'SIGKILL');
  await sandbox.kill(service, 'SIGKILL');
  await resetFleet(fleet, AbortSignal.timeout(60_000));
  expect((await sandbox.containers()).map(({ state: now }) => now)).toEqual(Array.from({ length: 9 }, () => 'running'));
  expect(await fleet.redis.dbsize()).toBeLessThan(1000);
});
