import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type Docker from 'dockerode';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { pollUntil, waitOut } from '../kernel/poll-until.ts';
import { connectEngine, leaseLabel, projectLabel, sandboxLabel } from './engine.ts';
import { findSandboxes } from './find-sandboxes.ts';
import { listLabelled } from './labelled-objects.ts';
import { sandboxDir, takeLease, writeLease, type Lease } from './lease.ts';
import { sweep } from './sweep.ts';
import { imageOf, testContainer } from './testing/beside-sandbox.ts';

type Labels = Readonly<Record<string, string>>;

/** Every object of a test has this label, so that it can be counted and removed whatever its other labels are. */
const testLabel = `io.drillbook.test=${randomBytes(4).toString('hex')}`;

let docker: Docker;
let image: string;
let project: string;
beforeAll(async () => {
  docker = await connectEngine();
  image = await imageOf('redis');
});
beforeEach(async () => void (project = await mkdtemp(path.join(tmpdir(), 'drillbook-sweep-'))));
afterEach(async () => {
  for (const object of await listLabelled(docker, [testLabel])) await object.removeIf(() => true);
  await rm(project, { recursive: true });
});

const owners = { dead: { pidStart: '1' }, living: {}, elsewhere: { bootId: 'b', machineId: 'm' } } as const;

function leaseOf(owner: keyof typeof owners): Lease {
  const lease = takeLease(project, 'verify');
  return { ...lease, owner: { ...lease.owner, ...owners[owner] } };
}

function labelsOf(lease: Lease): Labels {
  return { [sandboxLabel]: lease.id, [projectLabel]: lease.projectDir, [leaseLabel]: JSON.stringify(lease) };
}

const all = ['running', 'created', 'network', 'volume'] as const;

/** Creates one object of each kind. The containers use the network and the volume. */
async function make(given: Labels, kinds: readonly (typeof all)[number][] = all): Promise<void> {
  const labels = { ...given, ...Object.fromEntries([testLabel.split('=')]) };
  const name = `drillbook-${randomBytes(4).toString('hex')}-redis-1`;
  if (kinds.includes('volume')) await docker.createVolume({ Name: name, Labels: labels });
  const network = kinds.includes('network') ? await docker.createNetwork({ Name: name, Labels: labels }) : undefined;
  const mode = network?.id ?? 'none';
  if (kinds.includes('created')) {
    const HostConfig = { NetworkMode: mode, Binds: kinds.includes('volume') ? [`${name}:/data`] : [] };
    await docker.createContainer({ name: `${name}-created`, Image: image, Labels: labels, HostConfig });
  }
  if (kinds.includes('running')) {
    const mount = { source: name, target: '/data' };
    await testContainer(image, labels).withNetworkMode(mode).withBindMounts([mount]).start();
  }
}

async function left(): Promise<readonly string[]> {
  return (await listLabelled(docker, [testLabel])).map(({ kind }) => kind).toSorted();
}

const four = ['container', 'container', 'network', 'volume'];

test('removes all objects of a dead owner, from their labels alone', async () => {
  const lease = leaseOf('dead');
  await make(labelsOf(lease));
  expect(await findSandboxes(docker, project)).toEqual([{ id: lease.id, state: 'dead', lease, objects: 4 }]);
  expect(await sweep(docker, project, { kept: false })).toEqual({ cleared: [lease.id], stuck: [] });
  expect(await left()).toEqual([]);
});

test.each([['network'], ['volume'], ['created']] as const)('removes a lone %s too', async (kind) => {
  await make(labelsOf(leaseOf('dead')), [kind]);
  await sweep(docker, project, { kept: false });
  expect(await left()).toEqual([]);
});

test('removes folders, also with a socket in them, half created or half removed', async () => {
  const [whole, bare, halfMade, halfRemoved] = [leaseOf('dead'), leaseOf('dead'), leaseOf('dead'), leaseOf('dead')];
  for (const lease of [whole, bare]) await writeLease(sandboxDir(lease), lease);
  const folders = path.dirname(sandboxDir(whole));
  await writeLease(path.join(folders, `.${halfMade.id}.draft-4194305-1-1`), halfMade);
  await mkdir(path.join(sandboxDir(halfRemoved), 'shared'), { recursive: true });
  const socket = createServer().listen(path.join(sandboxDir(whole), 'engine.sock'));
  // As after the kill of its process: the name stays, and no process listens.
  socket.close = () => socket;
  const { cleared } = await sweep(docker, project, { kept: false });
  expect(cleared.toSorted()).toEqual([whole, bare, halfRemoved].map(({ id }) => id).toSorted());
  expect(await readdir(folders)).toEqual([]);
});

test.each(['living', 'elsewhere'] as const)(
  'keeps the objects of an owner that is %s, with and without its folder',
  async (owner) => {
    const [filed, bare] = [leaseOf(owner), leaseOf(owner)];
    await writeLease(sandboxDir(filed), filed);
    for (const lease of [filed, bare]) await make(labelsOf(lease), ['created', 'network', 'volume']);
    const state = owner === 'living' ? 'living' : 'unknown';
    expect((await findSandboxes(docker, project)).map((found) => found.state)).toEqual([state, state]);
    expect(await sweep(docker, project, { kept: true })).toEqual({ cleared: [], stuck: [] });
    expect(await left()).toHaveLength(6);
    expect(await readdir(sandboxDir(filed))).toEqual(['lease.json']);
  },
);

test('removes a sandbox left running on purpose only on request', async () => {
  const lease = leaseOf('dead');
  await writeLease(sandboxDir(lease), { ...lease, kept: true });
  await make(labelsOf(lease), ['created', 'network']);
  expect((await sweep(docker, project, { kept: false })).cleared).toEqual([]);
  expect(await left()).toHaveLength(2);
  expect((await sweep(docker, project, { kept: true })).cleared).toEqual([lease.id]);
  expect(await left()).toEqual([]);
});

test('a folder with half a lease counts as dead', async () => {
  const lease = leaseOf('dead');
  const directory = sandboxDir(lease);
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, 'lease.json'), '{"id":"');
  expect((await sweep(docker, project, { kept: false })).cleared).toEqual([lease.id]);
  expect(await readdir(path.dirname(directory))).toEqual([]);
});

test('keeps look-alikes, and a label never leads to another folder', async () => {
  const lease = leaseOf('dead');
  await writeFile(path.join(project, 'precious'), '');
  const ours = labelsOf(lease);
  const evil = { ...lease, id: '../../..' };
  const lookAlikes: readonly Labels[] = [
    {},
    { 'io.drillbook.sandboxx': lease.id, [projectLabel]: project },
    { 'io.drillbook': 'sandbox', 'drillbook.sandbox': lease.id },
    { ...ours, [projectLabel]: `${project}/elsewhere` },
    { ...ours, [projectLabel]: '' },
    { ...ours, [sandboxLabel]: '../../..', [leaseLabel]: JSON.stringify(evil) },
    // Of this project, but without a lease or with another one: it may be in use.
    { [sandboxLabel]: 'abcdef01', [projectLabel]: project },
    { ...ours, [sandboxLabel]: 'abcdef02' },
  ];
  for (const labels of lookAlikes) await make(labels, ['created', 'network', 'volume']);
  expect((await sweep(docker, project, { kept: true })).cleared).toEqual([]);
  await make(ours);
  expect((await sweep(docker, project, { kept: true })).cleared).toEqual([lease.id]);
  expect(await left()).toHaveLength(3 * lookAlikes.length);
  expect(await readdir(project)).toEqual(['precious']);
});

test('keeps objects of another project with the id of a dead sandbox', async () => {
  const lease = leaseOf('dead');
  await writeLease(sandboxDir(lease), lease);
  await make({ ...labelsOf(lease), [projectLabel]: '/elsewhere' });
  await make(labelsOf(lease));
  await sweep(docker, project, { kept: true });
  expect(await left()).toEqual(four);
});

test('keeps a volume that another owner has created under the same name since', async () => {
  const lease = leaseOf('dead');
  await make(labelsOf(lease), ['volume']);
  const [seen] = await listLabelled(docker, [`${sandboxLabel}=${lease.id}`]);
  const old = docker.getVolume(seen?.name ?? '');
  await old.remove();
  await docker.createVolume({ Name: seen?.name ?? '', Labels: Object.fromEntries([testLabel.split('=')]) });
  await seen?.removeIf((labels) => labels[sandboxLabel] === lease.id);
  expect(await left()).toEqual(['volume']);
});

test('several sweeps at once remove everything without an error', async () => {
  const leases = [leaseOf('dead'), leaseOf('dead')];
  for (const lease of leases) {
    await writeLease(sandboxDir(lease), lease);
    await make(labelsOf(lease));
  }
  const sweeps = await Promise.all(Array.from({ length: 4 }, () => sweep(docker, project, { kept: false })));
  expect(sweeps.flatMap(({ stuck }) => stuck)).toEqual([]);
  expect(await left()).toEqual([]);
  expect(await readdir(path.dirname(sandboxDir({ id: 'x', projectDir: project })))).toEqual([]);
});

test('removes what a compose command creates after its run was killed', async () => {
  const lease = leaseOf('dead');
  const directory = sandboxDir(lease);
  await writeLease(directory, lease);
  const labels = { ...labelsOf(lease), ...Object.fromEntries([testLabel.split('=')]) };
  const names = Array.from({ length: 8 }, (_, index) => `redis-${index}`);
  const file = path.join(directory, 'override.yml');
  const services = Object.fromEntries(names.map((name) => [name, { image, labels, volumes: ['data:/data'] }]));
  await writeFile(file, JSON.stringify({ services, networks: { default: { labels } }, volumes: { data: { labels } } }));
  const args = ['compose', '-p', `drillbook-${lease.id}`, '-f', file, 'up', '-d'];
  // The command is two processes. A group of their own lets the test stop both half-way.
  const compose = spawn('docker', args, { stdio: 'ignore', detached: true });
  const ended = once(compose, 'exit');
  const group = -(compose.pid ?? Number.NaN);
  try {
    const hasVolume = async () => (await left()).includes('volume');
    await pollUntil(hasVolume, { what: 'the volume', withinMs: 20_000, everyMs: 5 });
    process.kill(group, 'SIGSTOP');
    let isOver = false;
    const sweeping = sweep(docker, project, { kept: false }).finally(() => (isOver = true));
    await pollUntil(async () => (await left()).every((kind) => kind === 'volume'), {
      what: 'the removal of all but the volume, which the next containers would create again',
      withinMs: 20_000,
    });
    await waitOut(500);
    expect(isOver).toBe(false);
    process.kill(group, 'SIGCONT');
    expect(await sweeping).toEqual({ cleared: [lease.id], stuck: [] });
    await ended;
    expect(await left()).toEqual([]);
    const { Volumes: volumes } = await docker.listVolumes();
    expect((volumes ?? []).filter(({ Name }) => Name.includes(lease.id))).toEqual([]);
  } finally {
    if (compose.exitCode === null) process.kill(group, 'SIGKILL');
  }
});

test('reports what cannot be removed, and removes the rest', async () => {
  const [held, free] = [leaseOf('dead'), leaseOf('dead')];
  await make(labelsOf(held), ['network']);
  await make(labelsOf(free));
  const network = (await listLabelled(docker, [`${sandboxLabel}=${held.id}`]))[0]?.name ?? '';
  // Another owner's container in the dead sandbox's network. We may not disconnect it.
  const labels = Object.fromEntries([testLabel.split('=')]);
  const foreign = await testContainer(image, labels).withNetworkMode(network).start();
  const { cleared, stuck } = await sweep(docker, project, { kept: false, withinMs: 15_000 });
  expect(cleared).toEqual([free.id]);
  expect(stuck).toMatchObject([{ id: held.id, reason: { code: 'DEADLINE', cause: expect.anything() as unknown } }]);
  expect((await docker.getContainer(foreign.getId()).inspect()).State.Running).toBe(true);
  await foreign.stop();
  expect((await sweep(docker, project, { kept: false })).cleared).toEqual([held.id]);
});
