import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { ClockChanged } from '../history/events.ts';
import { createSandboxClock } from '../kernel/clock.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { createClockFile, openRateSetter, readClock, type RateSetter } from './clock-file.ts';
import { RateKeeper } from './rate-keeper.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-rate-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a clock stands still as long as it is kept so, and then runs as before', async () => {
  const file = path.join(folder, 'clock');
  createClockFile(file, createSandboxClock(5, { steady: false }));
  const clock = readClock(file);
  const changes: ClockChanged[] = [];
  await using keeper = new RateKeeper(openRateSetter(file, clock), (change) => void changes.push(change));
  await keeper.keep(0);
  const stopped = clock.now();
  await new Promise((resolve) => setImmediate(resolve));
  // Another process sees the same.
  expect([clock.now(), Math.round(readClock(file).now())]).toEqual([stopped, Math.round(stopped)]);
  await keeper.keep(5);
  expect(clock.rate).toBe(5);
  expect(changes.map(({ rate }) => rate)).toEqual([0, 5]);
});

test.each([0, 5])('extends a rate that has an end again and again: %d', async (rate) => {
  const asked: string[] = [];
  const setter: RateSetter = {
    set(one, forMs) {
      asked.push(`${one} for ${forMs}`);
      return Promise.resolve({ rate: one, atNs: 2n, publishedNs: 1n });
    },
    [Symbol.dispose]: () => void asked.push('closed'),
  };
  const changes: ClockChanged[] = [];
  const keeper = new RateKeeper(setter, (change) => void changes.push(change), 1);
  await keeper.keep(rate);
  await pollUntil(() => asked.length === 4, { what: 'three extensions', withinMs: 20_000, everyMs: 1 });
  expect(new Set(asked)).toEqual(new Set([`${rate} for 60000`]));
  // A rate of 1 needs no end.
  await keeper.keep(1);
  await keeper[Symbol.asyncDispose]();
  expect(asked.slice(-2)).toEqual(['1 for undefined', 'closed']);
  expect(changes.map((change) => change.rate)).toEqual([rate, 1]);
});
