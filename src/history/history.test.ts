import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assert as check, asyncProperty, uint8Array } from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { InputError } from '../kernel/errors.ts';
import { recordRun } from '../verdict/testing/record-run.ts';
import type { HistoryEvent, RunStarted } from './events.ts';
import { parseEvent } from './parse-event.ts';
import { readHistory } from './reader.ts';
import { createHistoryWriter } from './writer.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-history-'));
  file = path.join(folder, 'history.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const clock = { now: () => 1000 };

async function write(messages: readonly string[]): Promise<void> {
  const writer = createHistoryWriter(file, clock);
  for (const message of messages) writer.emit({ type: 'note', message });
  writer.close();
}

async function read(): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const event of readHistory(file)) events.push(event);
  return events;
}

test('reads what was written, with its number, times and context', async () => {
  const writer = createHistoryWriter(file, clock);
  writer.emit({ type: 'note', message: 'one' });
  writer.emit({ type: 'arm.started' }, { scenario: 'x', arm: 'control' });
  writer.close();
  writer.close();
  expect(await read()).toEqual([
    { seq: 0, t: expect.any(Number) as number, s: 1000, type: 'note', message: 'one' },
    { seq: 1, t: expect.any(Number) as number, s: 1000, scenario: 'x', arm: 'control', type: 'arm.started' },
  ]);
});

test('writes an event to disk before `emit` returns, and passes it to listeners', async () => {
  const heard: string[] = [];
  const writer = createHistoryWriter(file, clock);
  const stop = writer.subscribe((event) => heard.push(event.type));
  writer.emit({ type: 'note', message: 'one' });
  expect(await readFile(file, 'utf8')).toMatch(/"one"}\n$/);
  stop();
  writer.emit({ type: 'note', message: 'two' });
  writer.close();
  expect(heard).toEqual(['note']);
});

test('leaves out a last line that was cut off, and reports it', async () => {
  await write(['one', 'two']);
  await truncate(file, (await readFile(file)).length - 5);
  const history = readHistory(file);
  const events: HistoryEvent[] = [];
  for await (const event of history) events.push(event);
  expect(events).toHaveLength(1);
  expect(history.truncated).toEqual({ file, line: 2 });
});

test.each([
  {
    what: 'a line that is not JSON',
    change: (text: string) => text.replace('{"seq":1', '{seq:1'),
    code: 'HISTORY_LINE',
    line: 2,
  },
  {
    what: 'an event of an unknown kind',
    change: (text: string) => text.replace('"type":"note","message":"two"', '"type":"song"'),
    code: 'HISTORY_KIND',
    line: 2,
  },
  {
    what: 'a missing line',
    change: (text: string) => text.split('\n').toSpliced(1, 1).join('\n'),
    code: 'HISTORY_GAP',
    line: 2,
  },
])('refuses $what and names its line', async ({ change, code, line }) => {
  await write(['one', 'two', 'three']);
  await writeFile(file, change(await readFile(file, 'utf8')));
  await expect(read()).rejects.toMatchObject({ code, exitCode: 64, location: { file, line } });
});

const started = recordRun()[0] as HistoryEvent;

test('refuses a history of an unknown version and names both versions and the next step', async () => {
  await writeFile(file, `${JSON.stringify({ ...started, drillbook: '9.1.0', historyVersion: 99, queues: 'moved' })}\n`);
  await expect(read()).rejects.toMatchObject({
    code: 'HISTORY_VERSION',
    exitCode: 64,
    location: { file, line: 1 },
    message: expect.stringMatching(/Drillbook "9\.1\.0" in format version "99".* reads version 1, 2$/) as string,
    next: expect.stringContaining('the Drillbook that recorded it') as string,
  });
});

test('refuses a history without a version', async () => {
  const { historyVersion: _, ...unversioned } = started as HistoryEvent & RunStarted;
  await writeFile(file, `${JSON.stringify(unversioned)}\n`);
  await expect(read()).rejects.toMatchObject({ code: 'HISTORY_VERSION', location: { line: 1 } });
});

test('never skips an event of an unknown kind, not even as the last line', async () => {
  const unknown = { seq: 1, t: 0, s: 0, type: 'chorus' };
  await writeFile(file, `${JSON.stringify({ ...started, drillbook: '9.1.0' })}\n${JSON.stringify(unknown)}`);
  await expect(read()).rejects.toMatchObject({
    code: 'HISTORY_KIND',
    location: { file, line: 2 },
    message: expect.stringContaining('"chorus"') as string,
    next: expect.stringContaining('version 9.1.0') as string,
  });
});

test('never writes over another history, and reports one that does not exist', async () => {
  await write(['one']);
  expect(() => createHistoryWriter(file, clock)).toThrow(expect.objectContaining({ code: 'HISTORY_WRITE' }) as Error);
  file = path.join(folder, 'none.jsonl');
  await expect(read()).rejects.toMatchObject({ code: 'HISTORY_READ' });
});

test('reads any bytes as events, or refuses them with an InputError', async () => {
  await check(
    asyncProperty(uint8Array({ maxLength: 200 }), async (bytes) => {
      await writeFile(file, bytes);
      const outcome = await read().catch((error: unknown) => error);
      expect(Array.isArray(outcome) || outcome instanceof InputError).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test.each([
  {
    what: 'of the treatment',
    event: { type: 'arm.started', arm: 'treatment' },
    problem: /should be events of a control arm/,
  },
  { what: 'of no arm', event: { type: 'arm.started' }, problem: /should be events of a control arm/ },
  {
    what: 'that lacks something',
    event: { type: 'note', arm: 'control' },
    problem: /in `.*events`, `note\.message` should be/,
  },
  {
    what: 'that recalls another',
    event: { type: 'control.recalled', arm: 'control', run: 'r', recordedAt: '2026-01-01', events: [] },
    problem: /should be events of a control arm/,
  },
])('refuses a recalled control arm with an event $what', ({ event, problem }) => {
  const stamp = { seq: 0, t: 0, s: 0 };
  const recalled = (events: readonly object[], recordedAt = '2026-01-01T00:00:00.000Z') =>
    parseEvent(JSON.stringify({ ...stamp, type: 'control.recalled', run: 'r', recordedAt, events }));
  expect(recalled([{ ...stamp, type: 'arm.started', arm: 'control' }])).toHaveProperty('event');
  expect(recalled([{ ...stamp, ...event }])).toHaveProperty('problem', expect.stringMatching(problem));
  expect(recalled([], 'yesterday')).toHaveProperty('problem', expect.stringMatching(/recordedAt` should be a date/));
});
