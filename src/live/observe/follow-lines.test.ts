import { appendFile, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

import { followLines } from './follow-lines.ts';

test('a file that does not exist yet has no lines, and then those that were written to their end', async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'drillbook-follow-'));
  const file = path.join(folder.path, 'x.jsonl');
  await using lines = followLines(file);
  expect(await lines.read()).toEqual([]);
  await appendFile(file, 'one\ntwo\nthr');
  expect(await lines.read()).toEqual(['one', 'two']);
  expect(await lines.read()).toEqual([]);
  await appendFile(file, 'ee');
  expect(await lines.read()).toEqual([]);
  await appendFile(file, '\n\nfour\n');
  expect(await lines.read()).toEqual(['three', '', 'four']);
});

test('a character that is written in two pieces stays whole, and so does a line longer than what is read at once', async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'drillbook-follow-'));
  const file = path.join(folder.path, 'x.jsonl');
  const euro = Buffer.from('€');
  await appendFile(file, euro.subarray(0, 1));
  await using lines = followLines(file);
  expect(await lines.read()).toEqual([]);
  await appendFile(file, Buffer.concat([euro.subarray(1), Buffer.from('\n')]));
  expect(await lines.read()).toEqual(['€']);
  const long = 'ä'.repeat(1_500_000);
  await appendFile(file, `${long}\n`);
  const read: string[] = [];
  for (let times = 0; times < 10; times += 1) read.push(...(await lines.read()));
  expect(read.map((line) => line === long)).toEqual([true]);
});
