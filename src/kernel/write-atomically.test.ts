import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { processStart } from './process-start.ts';
import { isDeadDraft, makeFolderWith, removeDeadDrafts, writeAtomically } from './write-atomically.ts';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'drillbook-write-'))));
afterEach(() => rm(folder, { recursive: true }));

test('writes a file, replaces it, and leaves nothing else', async () => {
  const file = path.join(folder, 'a.json');
  await writeAtomically(file, 'one');
  await writeAtomically(file, 'two');
  expect(await readFile(file, 'utf8')).toBe('two');
  expect(await readdir(folder)).toEqual(['a.json']);
});

test('names the file that cannot be written, and leaves no draft', async () => {
  await expect(writeAtomically(path.join(folder, 'none/a.json'), 'x')).rejects.toMatchObject({
    code: 'FILE_WRITE',
    message: expect.stringContaining('none/a.json cannot be written: ENOENT') as string,
  });
});

test('a new folder never exists without its file', async () => {
  const made = path.join(folder, 'deep', 'made');
  const making = { over: false };
  const end = makeFolderWith(made, 'a.json', 'one').finally(() => (making.over = true));
  while (!making.over) {
    if (existsSync(made)) expect(readdirSync(made)).toEqual(['a.json']);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await end;
  expect(await readFile(path.join(made, 'a.json'), 'utf8')).toBe('one');
  expect(await readdir(path.dirname(made))).toEqual(['made']);
});

test('does not replace a folder that has content', async () => {
  const made = path.join(folder, 'made');
  await makeFolderWith(made, 'a.json', 'one');
  await expect(makeFolderWith(made, 'a.json', 'two')).rejects.toMatchObject({ code: 'FILE_WRITE' });
  expect(await readFile(path.join(made, 'a.json'), 'utf8')).toBe('one');
  expect(await readdir(folder)).toEqual(['made']);
});

test('removes the drafts of dead processes, files and folders, and nothing else', async () => {
  const own = processStart(process.pid);
  const living = `.a.json.draft-${process.pid}-${typeof own === 'string' ? own : own.start}-1`;
  await mkdir(path.join(folder, '.made.draft-4194305-1-1'));
  for (const name of ['.made.draft-4194305-1-1/a.json', '.a.json.draft-4194305-1-1', living, 'a.json'])
    await writeFile(path.join(folder, name), '');
  await removeDeadDrafts(folder);
  expect(await readdir(folder)).toEqual([living, 'a.json'].toSorted());
  for (const none of ['none', 'a.json']) await removeDeadDrafts(path.join(folder, none));
});

test('a draft is dead if its writer is, and only then', () => {
  const own = processStart(process.pid);
  if (typeof own === 'string') throw new Error('this process does not see itself');
  expect(isDeadDraft(`.a.json.draft-${process.pid}-${own.start}-1`)).toBe(false);
  expect(isDeadDraft(`.a.json.draft-${process.pid}-1-1`)).toBe(true);
  expect(isDeadDraft('.a.json.draft-4194305-1-1')).toBe(true);
  for (const name of ['a.json', '.a.json', '.a.json.draft', '.draft-4194305-1-1', 'a.draft-4194305-1-1'])
    expect(isDeadDraft(name), name).toBe(false);
});
