import { expect, test } from 'vitest';

import { createClock, createSandboxClock, monotonicMs, startPieces } from './clock.ts';

test('converts between sandbox time and real time', () => {
  const clock = createClock(startPieces(20, 1_000_000, process.hrtime.bigint()), true);
  expect(clock.toRealMs(30_000)).toBe(1500);
  expect(clock.toSandboxMs(1500)).toBe(30_000);
  expect(clock.now()).toBeGreaterThanOrEqual(1_000_000);
});

const second = 1_000_000_000n;

/** Ten times as fast for a second, then stopped for two, then at rate 1. */
function changing(epochNs = process.hrtime.bigint()) {
  const start = startPieces(10, 1_000_000, epochNs);
  const stop = { startNs: epochNs + second, rate: 0 };
  return createClock({ ...start, pieces: [...start.pieces, stop, { startNs: epochNs + 3n * second, rate: 1 }] }, false);
}

test('converts over the pieces in which the time is spent', () => {
  const beganMs = monotonicMs();
  const clock = changing();
  const endedMs = monotonicMs();
  for (const [sandboxMs, realMs] of [
    [5000, 500],
    [10_000, 1000],
    [12_000, 5000],
  ] as const) {
    expect(clock.realAt(1_000_000 + sandboxMs)).toBeGreaterThanOrEqual(beganMs + realMs);
    expect(clock.realAt(1_000_000 + sandboxMs)).toBeLessThanOrEqual(endedMs + realMs);
  }
  expect(clock.sandboxAt(endedMs + 2000)).toBe(1_010_000);
  expect(clock.sandboxAt(clock.realAt(1_020_000))).toBeCloseTo(1_020_000, 2);
});

test('a time that a stopped clock never shows is never', () => {
  expect(createSandboxClock(0).realAt(Date.now() + 1000)).toBe(Infinity);
});

test('a wait follows a change of the rate, and ends at an abort', async () => {
  const clock = createClock(startPieces(1, 1_000_000, process.hrtime.bigint()), false);
  const wait = clock.waitUntil(1_000_000 + 3_600_000);
  const aborting = new AbortController();
  const cut = clock.waitUntil(1_000_000 + 7_200_000_000, aborting.signal);
  const { pieces } = clock;
  clock.adopt({ ...pieces, pieces: [...pieces.pieces, { startNs: process.hrtime.bigint(), rate: 100_000 }] });
  await wait;
  expect(clock.now()).toBeGreaterThanOrEqual(1_000_000 + 3_600_000);
  aborting.abort(new Error('enough'));
  await expect(cut).rejects.toThrow('enough');
});
