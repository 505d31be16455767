import { expect, test } from 'vitest';

import { startAllowance, type Allowance } from './allowance.ts';
import { createClock, monotonicMs, startPieces, type AdjustableClock } from './clock.ts';
import { pollUntil } from './poll-until.ts';

const clockAt = (rate: number): AdjustableClock =>
  createClock(startPieces(rate, 1_000_000, process.hrtime.bigint()), false);

/** How long the allowance lasts, real ms. */
async function lasts(clock: AdjustableClock, allowance: Allowance): Promise<number> {
  const began = monotonicMs();
  using running = startAllowance(clock, allowance);
  await pollUntil(() => running.over.aborted, { what: 'its end', withinMs: 10_000, everyMs: 1 });
  return monotonicMs() - began;
}

test('lasts until both times have passed, and the margin', async () => {
  expect(await lasts(clockAt(100), { sandboxMs: 20_000 })).toBeGreaterThanOrEqual(199);
  expect(await lasts(clockAt(100), { sandboxMs: 20_000, realMs: 300 })).toBeGreaterThanOrEqual(299);
  expect(await lasts(clockAt(100), { sandboxMs: 20_000, realMs: 100, marginMs: 100 })).toBeGreaterThanOrEqual(298);
});

test('lasts longer while the clock is stopped, and less when it is faster', async () => {
  const clock = clockAt(0);
  using running = startAllowance(clock, { sandboxMs: 3_600_000, marginMs: 10 });
  expect(running.over.aborted).toBe(false);
  const { pieces } = clock;
  clock.adopt({ ...pieces, pieces: [...pieces.pieces, { startNs: process.hrtime.bigint(), rate: 1e6 }] });
  await pollUntil(() => running.over.aborted, { what: 'its end', withinMs: 10_000 });
  expect(clock.now()).toBeGreaterThanOrEqual(1_000_000 + 3_600_000);
});

test('never ends after it was disposed of', async () => {
  const disposed = startAllowance(clockAt(1), { realMs: 20 });
  disposed[Symbol.dispose]();
  await lasts(clockAt(1), { realMs: 60 });
  expect(disposed.over.aborted).toBe(false);
});
