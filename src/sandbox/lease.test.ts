import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { fileState } from './find-sandboxes.ts';
import { leaseLabelOf, parseLease, readLease, sandboxDir, takeLease, writeLease, type Lease } from './lease.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'drillbook-lease-'))));
afterAll(() => rm(folder, { recursive: true }));

const dead = (lease: Lease): Lease => ({ ...lease, owner: { ...lease.owner, pidStart: '1' } });

test('the folder and the label hold the same lease (who, on which machine, since when), but for the command', async () => {
  const lease = takeLease(folder, 'verify');
  await writeLease(sandboxDir(lease), lease);
  expect(await readLease(sandboxDir(lease))).toEqual(lease);
  expect(parseLease(leaseLabelOf(lease.id, folder))).toEqual({ ...lease, command: '' });
  expect(leaseLabelOf(lease.id, folder)).not.toContain('verify');
  expect(lease.owner).toMatchObject({ pid: process.pid, bootId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
  expect(await readdir(sandboxDir(lease))).toEqual(['lease.json']);
});

test('a lease is living, dead, or kept even if its owner is dead', async () => {
  const lease = takeLease(folder, 'verify');
  const directory = sandboxDir(lease);
  await writeLease(directory, lease);
  expect(await fileState(directory)).toEqual({ state: 'living', lease });
  await writeLease(directory, dead(lease));
  expect(await fileState(directory)).toMatchObject({ state: 'dead' });
  await writeLease(directory, { ...dead(lease), kept: true });
  expect(await fileState(directory)).toMatchObject({ state: 'kept' });
});

test.each([
  ['nothing', ''],
  ['half a lease', JSON.stringify(takeLease('/x', 'verify')).slice(0, 80)],
  ['no JSON', 'pid 4711'],
  ['another shape', JSON.stringify({ ...takeLease('/x', 'verify'), owner: 4711 })],
  ['an id that leads elsewhere', JSON.stringify({ ...takeLease('/x', 'verify'), id: '../../..' })],
])('a file with %s is no lease', async (_, text) => {
  await writeFile(path.join(folder, 'lease.json'), text);
  expect(await readLease(folder)).toBeUndefined();
  expect(await fileState(folder)).toBeUndefined();
});

test('without a file there is no lease', async () => {
  expect(await readLease(path.join(folder, 'none'))).toBeUndefined();
});
