import { mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

import { judged } from '../testing/sample-page.ts';
import { readCasts } from './read-casts.ts';

test.each(['../secret.cast', 'link.cast', 'linked/secret.cast', 'folder', '', 'a\0b', 'missing.cast'])(
  'a transcript named %j is left out',
  async (cast) => {
    await using folder = await mkdtempDisposable(path.join(tmpdir(), 'drillbook-casts-'));
    const run = path.join(folder.path, 'run');
    await mkdir(path.join(run, 'folder'), { recursive: true });
    await writeFile(path.join(folder.path, 'secret.cast'), 'secret');
    await symlink('../secret.cast', path.join(run, 'link.cast'));
    await symlink('..', path.join(run, 'linked'));
    const { record } = await judged({ procedure: { cast }, diagnosed: { cast } });
    expect(await readCasts(record, run)).toEqual(new Map());
  },
);

test('a transcript of the run is read once', async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'drillbook-casts-'));
  await writeFile(path.join(folder.path, 'x.cast'), 'text');
  const { record } = await judged();
  expect(await readCasts(record, folder.path)).toEqual(new Map([['x.cast', 'text']]));
});
