import { expect, test } from 'vitest';

import { createSandboxClock } from './clock.ts';

test('converts between sandbox time and real time', () => {
  const clock = createSandboxClock(20, 1_000_000, process.hrtime.bigint());
  expect(clock.toRealMs(30_000)).toBe(1500);
  expect(clock.toSandboxMs(1500)).toBe(30_000);
  expect(clock.now()).toBeGreaterThanOrEqual(1_000_000);
});
