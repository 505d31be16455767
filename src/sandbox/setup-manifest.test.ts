import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

import {
  imageEnvironment,
  readPromtool,
  readSetupManifest,
  withVersions,
  type SetupManifest,
} from './setup-manifest.ts';

const image = (ref: string) => ({ ref, source: 'built' as const, version: '1' });
const manifest: SetupManifest = {
  engine: { version: '20', api: '1.41' },
  compose: { version: '2', source: 'present' },
  node: '24',
  images: {
    redis: image('redis'),
    node: image('node'),
    toxiproxy: image('toxiproxy'),
    operator: image('operator'),
    fleet: image('fleet:a'),
  },
  variants: { 'bullmq 5.66.5': image('fleet:b'), 'redis 8.0.2': image('redis:b') },
  native: { clock: 'c', trace: 't' },
  promtool: null,
};

test('another version replaces only its own image', () => {
  expect(imageEnvironment(withVersions(manifest, { bullmq: '5.66.5' }))).toEqual({
    ...imageEnvironment(manifest),
    DRILLBOOK_FLEET_IMAGE: 'fleet:b',
  });
  expect(imageEnvironment(withVersions(manifest, { redis: '8.0.2' }))).toEqual({
    ...imageEnvironment(manifest),
    DRILLBOOK_REDIS_IMAGE: 'redis:b',
  });
  expect(withVersions(manifest, {})).toEqual(manifest);
});

test('a missing version is an error that names the command which builds it', () => {
  expect(() => withVersions(manifest, { bullmq: '6.1.2' })).toThrow(
    expect.objectContaining({ code: 'SETUP_NO_VARIANT', next: expect.stringContaining('--bullmq 6.1.2') as string }),
  );
});

async function readFrom<T>(content: unknown, read: (projectDir: string) => Promise<T>): Promise<T> {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'drillbook-manifest-'));
  await mkdir(path.join(folder.path, '.drillbook'));
  await writeFile(path.join(folder.path, '.drillbook/setup.json'), JSON.stringify(content));
  return await read(folder.path);
}

test('promtool is found although the set-up has prepared no engine', async () => {
  const promtool = { path: '/usr/local/bin/promtool', version: '3.5.3+ds1' };
  expect(await readFrom({ promtool }, readPromtool)).toEqual(promtool);
  expect(await readFrom({ promtool: null }, readPromtool)).toBeNull();
  expect(await readFrom({ ...manifest, promtool }, readPromtool)).toEqual(promtool);
  expect(await readFrom({ ...manifest, promtool }, readSetupManifest)).toEqual({ ...manifest, promtool });
});

test('a set-up that has not looked for promtool, or has prepared no engine, is an error', async () => {
  const missing: unknown = expect.objectContaining({ code: 'SETUP_MISSING' });
  await expect(readFrom({}, readPromtool)).rejects.toEqual(missing);
  await expect(readFrom({ promtool: null }, readSetupManifest)).rejects.toEqual(missing);
});
