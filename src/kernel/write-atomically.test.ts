import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { processStart } from './process-start.ts';
import { isDeadDraft, writeAtomically } from './write-atomically.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'drillbook-write-'))));
afterAll(() => rm(folder, { recursive: true }));

test('a file is written whole, and written over, and nothing else is left', async () => {
  const file = path.join(folder, 'a.json');
  await writeAtomically(file, 'one');
  await writeAtomically(file, 'two');
  expect(await readFile(file, 'utf8')).toBe('two');
  expect(await readdir(folder)).toEqual(['a.json']);
});

test('a refusal says which file, and leaves no draft', async () => {
  await expect(writeAtomically(path.join(folder, 'none/a.json'), 'x')).rejects.toMatchObject({
    code: 'FILE_WRITE',
    message: expect.stringContaining('none/a.json cannot be written: ENOENT') as string,
  });
});

test('a draft is dead when its writer is, and only then', () => {
  const own = processStart(process.pid);
  if (typeof own === 'string') throw new Error('this process does not see itself');
  expect(isDeadDraft(`.a.json.draft-${process.pid}-${own.start}-1`)).toBe(false);
  expect(isDeadDraft(`.a.json.draft-${process.pid}-1-1`)).toBe(true);
  expect(isDeadDraft('.a.json.draft-4194305-1-1')).toBe(true);
  for (const name of ['a.json', '.a.json', '.a.json.draft', '.draft-4194305-1-1', 'a.draft-4194305-1-1'])
    expect(isDeadDraft(name), name).toBe(false);
});
