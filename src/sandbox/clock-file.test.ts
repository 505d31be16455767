import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { fromPresentPiece, rateAt, sandboxNsAt } from '../kernel/clock-pieces.ts';
import { readClockFile } from '../kernel/clock-record.ts';
import { createClock, createSandboxClock, startPieces } from '../kernel/clock.ts';
import { createClockFile, openRateSetter, readClock } from './clock-file.ts';

let dir = '';
beforeAll(() => void (dir = mkdtempSync(path.join(tmpdir(), 'clock-file-'))));
afterAll(() => rmSync(dir, { recursive: true }));

const second = 1_000_000_000n;

function start(name: string) {
  const clock = createClock(startPieces(1, Date.now(), process.hrtime.bigint()), false);
  const file = path.join(dir, name);
  createClockFile(file, clock);
  return { clock, file, record: () => readClockFile(readFileSync(file)) };
}

test('a clock file shows the clock that it was made for', () => {
  const file = path.join(dir, 'steady');
  const clock = createSandboxClock(10);
  createClockFile(file, clock);
  expect(readClock(file).pieces).toEqual(clock.pieces);
  expect(readClock(file)).toMatchObject({ steady: true, rate: 10 });
});

test('a file of another layout is refused', () => {
  const file = path.join(dir, 'other');
  writeFileSync(file, '1796000000000000000 1000000000 10\n');
  expect(() => readClock(file)).toThrow(expect.objectContaining({ code: 'CLOCK_UNREADABLE' }));
});

test('a steady clock takes no change', () => {
  const file = path.join(dir, 'promised');
  const clock = createClock(startPieces(10, Date.now(), process.hrtime.bigint()), true);
  createClockFile(file, clock);
  expect(() => openRateSetter(file, clock)).toThrow(/steady/);
});

test('a change is published before it takes effect, and carries its own end', async () => {
  const { clock, file, record } = start('raised');
  using setter = openRateSetter(file, clock);
  const before = process.hrtime.bigint();
  const { atNs, publishedNs } = await setter.set(20, 5000);
  expect(atNs - before).toBeGreaterThanOrEqual(20_000_000n);
  expect(publishedNs).toBeGreaterThan(before);
  const published = record();
  if (!published) throw new Error('no record');
  expect(published.sequence).toBe(2n);
  expect(rateAt(published, atNs - 1n)).toBe(1);
  expect(rateAt(published, atNs)).toBe(20);
  expect(rateAt(published, atNs + 5n * second - 1n)).toBe(20);
  expect(rateAt(published, atNs + 5n * second)).toBe(1);
  expect(clock.rate).toBe(20);
});

test('a raised rate needs an end, and a stopped clock goes on after a minute at the latest', async () => {
  const { clock, file, record } = start('stopped');
  using setter = openRateSetter(file, clock);
  await expect(setter.set(2)).rejects.toThrow(/end/);
  for (const rate of [-1, NaN, 1e9]) await expect(setter.set(rate, 1000)).rejects.toThrow(RangeError);
  const { atNs } = await setter.set(0, 3_600_000);
  const published = record();
  if (!published) throw new Error('no record');
  expect(rateAt(published, atNs + 60n * second - 1n)).toBe(0);
  expect(rateAt(published, atNs + 60n * second)).toBe(1);
});

test('a rate that is set again only gets a later end', async () => {
  const { clock, file, record } = start('extended');
  using setter = openRateSetter(file, clock);
  await setter.set(20, 1000);
  const { atNs } = await setter.set(20, 9000);
  expect(record()?.pieces.map(({ rate }) => rate)).toEqual([20, 1]);
  expect(record()?.pieces[1]?.startNs).toBe(atNs + 9n * second);
  expect(clock.pieces.pieces.map(({ rate }) => rate)).toEqual([1, 20, 1]);
});

test('many changes keep the same clock, in the file as in the harness', async () => {
  const { clock, file, record } = start('many');
  using setter = openRateSetter(file, clock);
  for (const rate of [10, 0, 1, 20, 0.5, 10, 1]) await setter.set(rate, 2000);
  const published = record();
  if (!published) throw new Error('no record');
  const now = process.hrtime.bigint();
  for (const later of [0n, 1n, second, 100n * second])
    expect(sandboxNsAt(published, now + later)).toBe(sandboxNsAt(clock.pieces, now + later));
  const { realtimeNs, monotonicNs } = fromPresentPiece(clock.pieces, now);
  expect(realtimeNs - monotonicNs).toBe(clock.pieces.realtimeNs - clock.pieces.monotonicNs);
});
