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
  { what: 'a content', change: (at) => writeFile(at('fleet/worker.ts'), 'two') },
  { what: 'a new file', change: (at) => writeFile(at('fleet/.env'), '') },
  { what: 'a file that is gone', change: (at) => rm(at('fleet/worker.ts')) },
  { what: 'what is executable', change: (at) => chmod(at('fleet/worker.ts'), 0o755) },
  {
    what: 'where a link leads',
    change: async (at) => {
      await rm(at('fleet/current'));
      await symlink('other.ts', at('fleet/current'));
    },
  },
])('$what is a change', async ({ change }) => {
  const before = await fingerprint(folder);
  expect(await fingerprint(folder)).toBe(before);
  await change((name) => path.join(folder, name));
  expect(await fingerprint(folder)).not.toBe(before);
});

test('what is left out, and what is told by other means, is none', async () => {
  const except = [path.join(folder, 'runbook.md'), path.join(folder, 'reports')];
  const before = await fingerprint(folder, except);
  await writeFile(path.join(folder, 'runbook.md'), 'two');
  for (const name of ['reports', '.drillbook', 'fleet/node_modules', '.git']) {
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, 'file'), 'x');
  }
  expect(await fingerprint(folder, except)).toBe(before);
});

test('what cannot be read is told, and not taken for unchanged', async () => {
  await expect(fingerprint(path.join(folder, 'nothing'))).rejects.toThrow(
    /^whether anything has changed in .*nothing cannot be told: ENOENT/,
  );
});
