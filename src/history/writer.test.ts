import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { createHistoryWriter } from './writer.ts';

// The disk is full when a test says so; the refusal is the kernel's own, from the device that is always full.
const disk = vi.hoisted(() => ({ full: false }));
vi.mock('node:fs', async (load) => {
  const fs = await load<typeof import('node:fs')>();
  const writeSync = (file: number, bytes: Buffer, from: number): number =>
    fs.writeSync(disk.full ? fs.openSync('/dev/full', 'w') : file, bytes, from);
  return { ...fs, writeSync };
});

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'drillbook-writer-'))));
afterAll(() => rm(folder, { recursive: true }));

const clock = { now: () => 1_700_000_000_000 };

test('closing twice is one close, and what comes afterwards is refused', async () => {
  const file = path.join(folder, 'closed.jsonl');
  const writer = createHistoryWriter(file, clock);
  writer.emit({ type: 'note', message: 'kept' });
  writer.close();
  writer.close();
  expect(() => writer.emit({ type: 'note', message: 'late' })).toThrow(
    expect.objectContaining({ code: 'HISTORY_CLOSED' }),
  );
  expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(2);
});

test('an event tells its stamp and where it belongs', () => {
  const writer = createHistoryWriter(path.join(folder, 'stamp.jsonl'), clock);
  writer.emit({ type: 'note', message: 'one' });
  const event = writer.emit({ type: 'arm.started' }, { scenario: 'x', arm: 'control' });
  writer.close();
  expect(event).toMatchObject({ seq: 1, s: 1_700_000_000_000, scenario: 'x', arm: 'control', type: 'arm.started' });
});

test('a folder that cannot be made is said so', () => {
  expect(() => createHistoryWriter('/dev/null/run/history.jsonl', clock)).toThrow(
    expect.objectContaining({ code: 'HISTORY_WRITE', exitCode: 70 }),
  );
});

test('a file that is there already is some other run’s', async () => {
  const file = path.join(folder, 'taken.jsonl');
  await writeFile(file, '');
  expect(() => createHistoryWriter(file, clock)).toThrow(
    expect.objectContaining({ code: 'HISTORY_WRITE', next: expect.stringContaining('folder of its own') as string }),
  );
});

test('a full disk is an error, and stays one when there is room again: the history has a hole', async () => {
  const file = path.join(folder, 'full.jsonl');
  const writer = createHistoryWriter(file, clock);
  const heard: unknown[] = [];
  writer.subscribe((event) => heard.push(event));
  const refusal = expect.objectContaining({
    code: 'HISTORY_WRITE',
    message: expect.stringContaining('ENOSPC') as string,
    next: expect.stringContaining('disk space') as string,
  });
  disk.full = true;
  expect(() => writer.emit({ type: 'note', message: 'one' })).toThrow(refusal);
  disk.full = false;
  expect(() => writer.emit({ type: 'note', message: 'two' })).toThrow(refusal);
  writer.close();
  expect(heard).toEqual([]);
  expect(await readFile(file, 'utf8')).toBe('');
});
