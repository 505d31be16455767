import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { fingerprint } from './fingerprint.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-fingerprint-'));
  await mkdir(path.join(folder, 'fleet'));
  await writeFile(path.join(folder, 'fleet', 'worker.ts'), 'one');
  await writeFile(path.join(folder, 'runbook.md'), 'one');
  await symlink('worker.ts', path.join(folder, 'fleet', 'current'));
});
afterEach(() => rm(folder, { recursive: true }));

test.each<{ readonly what: string; readonly change: (at: (name: string) => string) => Promise<unknown> }>([
  { what: 'the content of a file', change: (at) => writeFile(at('fleet/worker.ts'), 'two') },
  { what: 'a new file', change: (at) => writeFile(at('fleet/.env'), '') },
  { what: 'a missing file', change: (at) => rm(at('fleet/worker.ts')) },
  { what: 'the executable bit of a file', change: (at) => chmod(at('fleet/worker.ts'), 0o755) },
  {
    what: 'the target of a link',
    change: async (at) => {
      await rm(at('fleet/current'));
      await symlink('other.ts', at('fleet/current'));
    },
  },
])('$what changes the fingerprint', async ({ change }) => {
  const before = await fingerprint(folder);
  expect(await fingerprint(folder)).toBe(before);
  await change((name) => path.join(folder, name));
  expect(await fingerprint(folder)).not.toBe(before);
});

test('files that are left out, and folders of other tools, do not change the fingerprint', async () => {
  const except = [path.join(folder, 'runbook.md'), path.join(folder, 'reports')];
  const before = await fingerprint(folder, except);
  await writeFile(path.join(folder, 'runbook.md'), 'two');
  for (const name of ['reports', '.drillbook', 'fleet/node_modules', '.git']) {
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, 'file'), 'x');
  }
  expect(await fingerprint(folder, except)).toBe(before);
});

test('a folder that cannot be read is an error, and does not count as unchanged', async () => {
  await expect(fingerprint(path.join(folder, 'nothing'))).rejects.toThrow(
    /^cannot compare .*nothing with earlier runs: ENOENT/,
  );
});
