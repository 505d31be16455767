import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import type { EventBody, HistoryEvent } from './events.ts';
import { createHistoryWriter } from './writer.ts';

// The disk is full when a test says so. The kernel itself refuses the write, because /dev/full is always full.
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

test('can be closed twice, and drops events after the close', async () => {
  const file = path.join(folder, 'closed.jsonl');
  const writer = createHistoryWriter(file, clock);
  writer.emit({ type: 'note', message: 'kept' });
  writer.close();
  writer.close();
  writer.emit({ type: 'note', message: 'late' });
  expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(2);
  expect(writer.broken.aborted).toBe(false);
});

test('an event carries its stamp, scenario and arm', () => {
  const writer = createHistoryWriter(path.join(folder, 'stamp.jsonl'), clock);
  const heard: HistoryEvent[] = [];
  writer.subscribe((event) => heard.push(event));
  writer.emit({ type: 'note', message: 'one' });
  writer.emit({ type: 'arm.started' }, { scenario: 'x', arm: 'control' });
  writer.close();
  expect(heard[1]).toMatchObject({ seq: 1, s: 1_700_000_000_000, scenario: 'x', arm: 'control', type: 'arm.started' });
});

test('an event of a sandbox with a clock of its own carries the time of that clock', () => {
  const writer = createHistoryWriter(path.join(folder, 'own.jsonl'), clock);
  const heard: HistoryEvent[] = [];
  writer.subscribe((event) => heard.push(event));
  writer.emit({ type: 'arm.started' }, { scenario: 'x', arm: 'control', clock: { now: () => 5 } });
  writer.close();
  expect(heard[0]).toEqual({ seq: 0, t: heard[0]?.t, s: 5, scenario: 'x', arm: 'control', type: 'arm.started' });
});

test('reports a folder that cannot be created', () => {
  expect(() => createHistoryWriter('/dev/null/run/history.jsonl', clock)).toThrow(
    expect.objectContaining({ code: 'HISTORY_WRITE', exitCode: 70 }),
  );
});

test('refuses a file that exists, because it is the history of another run', async () => {
  const file = path.join(folder, 'taken.jsonl');
  await writeFile(file, '');
  expect(() => createHistoryWriter(file, clock)).toThrow(
    expect.objectContaining({ code: 'HISTORY_WRITE', next: expect.stringContaining('folder of its own') as string }),
  );
});

test('reports a full disk once and then writes nothing more, because the history has a hole', async () => {
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
  writer.emit({ type: 'note', message: 'one' });
  expect(writer.broken.reason).toEqual(refusal);
  disk.full = false;
  writer.emit({ type: 'note', message: 'two' });
  writer.close();
  expect(heard).toEqual([]);
  expect(await readFile(file, 'utf8')).toBe('');
});

test('a redacted text is neither written nor given to listeners', async () => {
  const event = (body: EventBody): EventBody => (body.type === 'note' ? { ...body, message: 'x' } : body);
  const writer = createHistoryWriter(path.join(folder, 'redacted.jsonl'), clock, { event });
  const heard: unknown[] = [];
  writer.subscribe((written) => heard.push(written));
  writer.emit({ type: 'note', message: 'hunter2' });
  writer.close();
  expect(heard).toMatchObject([{ type: 'note', message: 'x' }]);
  expect(await readFile(path.join(folder, 'redacted.jsonl'), 'utf8')).not.toContain('hunter2');
});
