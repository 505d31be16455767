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
import { readSetupManifest } from './setup-manifest.ts';
import { sweep } from './sweep.ts';

type Labels = Readonly<Record<string, string>>;

/** On everything that a test makes, so that it can be counted and removed whatever else it carries. */
const testLabel = `io.drillbook.test=${randomBytes(4).toString('hex')}`;

let docker: Docker;
let image: string;
let project: string;
beforeAll(async () => {
  docker = await connectEngine();
  image = (await readSetupManifest(path.resolve(import.meta.dirname, '../..'))).images['redis']?.ref ?? '';
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

/** Makes one of each kind that is asked for; a running container is in the network and uses the volume. */
async function make(given: Labels, kinds: readonly (typeof all)[number][] = all): Promise<void> {
  const labels = { ...given, ...Object.fromEntries([testLabel.split('=')]) };
  const name = `drillbook-${randomBytes(4).toString('hex')}-redis-1`;
  if (kinds.includes('volume')) await docker.createVolume({ Name: name, Labels: labels });
  const network = kinds.includes('network') ? await docker.createNetwork({ Name: name, Labels: labels }) : undefined;
  for (const kind of ['running', 'created'] as const) {
    if (!kinds.includes(kind)) continue;
    const container = await docker.createContainer({
      name: `${name}-${kind}`,
      Image: image,
      Labels: labels,
      HostConfig: {
        ...(network ? { NetworkMode: network.id } : { NetworkMode: 'none' }),
        ...(kinds.includes('volume') ? { Binds: [`${name}:/data`] } : {}),
      },
    });
    if (kind === 'running') await container.start();
  }
}

async function left(): Promise<readonly string[]> {
  return (await listLabelled(docker, [testLabel])).map(({ kind }) => kind).toSorted();
}

const four = ['container', 'container', 'network', 'volume'];

test('all that a dead owner left goes, by its labels alone', async () => {
  const lease = leaseOf('dead');
  await make(labelsOf(lease));
  expect(await findSandboxes(docker, project)).toEqual([{ id: lease.id, state: 'dead', lease, objects: 4 }]);
  expect(await sweep(docker, project, { kept: false })).toEqual({ cleared: [lease.id], stuck: [] });
  expect(await left()).toEqual([]);
});

test.each([['network'], ['volume'], ['created']] as const)('a lone %s too', async (kind) => {
  await make(labelsOf(leaseOf('dead')), [kind]);
  await sweep(docker, project, { kept: false });
  expect(await left()).toEqual([]);
});

test('its folder goes, with a socket in it, and what is left of one that was being made or removed', async () => {
  const [whole, bare, halfMade, halfRemoved] = [leaseOf('dead'), leaseOf('dead'), leaseOf('dead'), leaseOf('dead')];
  for (const lease of [whole, bare]) await writeLease(sandboxDir(lease), lease);
  const folders = path.dirname(sandboxDir(whole));
  await writeLease(path.join(folders, `.${halfMade.id}.draft-4194305-1-1`), halfMade);
  await mkdir(path.join(sandboxDir(halfRemoved), 'shared'), { recursive: true });
  const socket = createServer().listen(path.join(sandboxDir(whole), 'engine.sock'));
  // As a process that is killed leaves it: the name stays, and nobody listens.
  socket.close = () => socket;
  const { cleared } = await sweep(docker, project, { kept: false });
  expect(cleared.toSorted()).toEqual([whole, bare, halfRemoved].map(({ id }) => id).toSorted());
  expect(await readdir(folders)).toEqual([]);
});

test.each(['living', 'elsewhere'] as const)(
  'what an owner has that is %s stays, with and without its folder',
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

test('what was left up on purpose goes only when that is asked for', async () => {
  const lease = leaseOf('dead');
  await writeLease(sandboxDir(lease), { ...lease, kept: true });
  await make(labelsOf(lease), ['created', 'network']);
  expect((await sweep(docker, project, { kept: false })).cleared).toEqual([]);
  expect(await left()).toHaveLength(2);
  expect((await sweep(docker, project, { kept: true })).cleared).toEqual([lease.id]);
  expect(await left()).toEqual([]);
});

test('a folder whose lease is torn is a dead one’s', async () => {
  const lease = leaseOf('dead');
  const directory = sandboxDir(lease);
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, 'lease.json'), '{"id":"');
  expect((await sweep(docker, project, { kept: false })).cleared).toEqual([lease.id]);
  expect(await readdir(path.dirname(directory))).toEqual([]);
});

test('look-alikes stay, and a label leads nowhere but to a sandbox', async () => {
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
    // Of this project, so it says, but without a lease, or with another's: nobody can tell whether it is in use.
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

test('one of another project with the very id of a dead sandbox stays', async () => {
  const lease = leaseOf('dead');
  await writeLease(sandboxDir(lease), lease);
  await make({ ...labelsOf(lease), [projectLabel]: '/elsewhere' });
  await make(labelsOf(lease));
  await sweep(docker, project, { kept: true });
  expect(await left()).toEqual(four);
});

test('a volume that is another’s by the time it is to be removed stays', async () => {
  const lease = leaseOf('dead');
  await make(labelsOf(lease), ['volume']);
  const [seen] = await listLabelled(docker, [`${sandboxLabel}=${lease.id}`]);
  const old = docker.getVolume(seen?.name ?? '');
  await old.remove();
  await docker.createVolume({ Name: seen?.name ?? '', Labels: Object.fromEntries([testLabel.split('=')]) });
  await seen?.removeIf((labels) => labels[sandboxLabel] === lease.id);
  expect(await left()).toEqual(['volume']);
});

test('several sweeps at once: each thing goes, and none of them minds the others', async () => {
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

test('what a compose command makes that outlived its run goes too', async () => {
  const lease = leaseOf('dead');
  const directory = sandboxDir(lease);
  await writeLease(directory, lease);
  const labels = { ...labelsOf(lease), ...Object.fromEntries([testLabel.split('=')]) };
  const names = Array.from({ length: 8 }, (_, index) => `redis-${index}`);
  const file = path.join(directory, 'override.yml');
  const services = Object.fromEntries(names.map((name) => [name, { image, labels, volumes: ['data:/data'] }]));
  await writeFile(file, JSON.stringify({ services, networks: { default: { labels } }, volumes: { data: { labels } } }));
  const args = ['compose', '-p', `drillbook-${lease.id}`, '-f', file, 'up', '-d'];
  // The command is two processes, in a group of their own here, to be held up half-way.
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
      what: 'the removal of all but the volume, which the containers to come would have made anew',
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

test('what cannot be removed is told, and what else there is goes', async () => {
  const [held, free] = [leaseOf('dead'), leaseOf('dead')];
  await make(labelsOf(held), ['network']);
  await make(labelsOf(free));
  const network = (await listLabelled(docker, [`${sandboxLabel}=${held.id}`]))[0]?.name ?? '';
  // A container of somebody else's in the dead sandbox's network: it is not ours to disconnect.
  const foreign = await docker.createContainer({
    Image: image,
    Labels: Object.fromEntries([testLabel.split('=')]),
    HostConfig: { NetworkMode: network },
  });
  await foreign.start();
  const { cleared, stuck } = await sweep(docker, project, { kept: false, withinMs: 15_000 });
  expect(cleared).toEqual([free.id]);
  expect(stuck).toMatchObject([{ id: held.id, reason: { code: 'DEADLINE', cause: expect.anything() as unknown } }]);
  expect((await foreign.inspect()).State.Running).toBe(true);
  await foreign.remove({ force: true, v: true });
  expect((await sweep(docker, project, { kept: false })).cleared).toEqual([held.id]);
});
