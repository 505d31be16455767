import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { isMissing, orUndefinedIfMissing } from './missing-file.ts';

const here = import.meta.filename;

test('gives undefined for a path that does not exist', async () => {
  expect(await readFile(path.join(import.meta.dirname, 'none.txt')).catch(orUndefinedIfMissing)).toBeUndefined();
  expect(await readFile(path.join(here, 'below-a-file')).catch(orUndefinedIfMissing)).toBeUndefined();
});

test('throws every other error unchanged', async () => {
  await expect(readFile(import.meta.dirname).catch(orUndefinedIfMissing)).rejects.toMatchObject({ code: 'EISDIR' });
  const own = new Error('ENOENT');
  expect(() => orUndefinedIfMissing(own)).toThrow(own);
});

test('says whether an error means that a path is missing', async () => {
  expect(isMissing(await readdir(here).catch((error: unknown) => error))).toBe(true);
  expect(isMissing('ENOENT')).toBe(false);
});
