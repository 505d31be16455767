import { expect, test } from 'vitest';

import { recordDrill } from '../../verdict/testing/record-drill.ts';
import { baseRun } from '../../verdict/testing/sample-run.ts';
import { ObservedDrill } from './observed-drill.ts';

test('both clocks go on between two events, each at its own rate', () => {
  const drill = new ObservedDrill();
  drill.push({ ...baseRun, seq: 0, t: 100, s: 50_000 }, 5100);
  expect(drill.now(6100)).toEqual({ t: 1100, s: 60_000 });
  // An event that was read late does not set the clock back.
  drill.push({ type: 'redis', up: true, seq: 1, t: 1000, s: 59_000 }, 9000);
  expect(drill.now(9000)).toEqual({ t: 4000, s: 89_000 });
});

test('a changed rate of the sandbox clock counts from when it takes effect, and falls back to real time', () => {
  const drill = new ObservedDrill();
  drill.push({ ...baseRun, seq: 0, t: 0, s: 0 }, 0);
  drill.push({ type: 'clock.changed', rate: 0, inMs: 1000, forMs: 2000, seq: 1, t: 0, s: 0 }, 0);
  expect([500, 1000, 2000, 3000, 4000].map((now) => drill.now(now)?.s)).toEqual([5000, 10_000, 10_000, 10_000, 11_000]);
});

test('the clocks stand once the record is complete', () => {
  const drill = new ObservedDrill();
  const events = recordDrill();
  for (const event of events) drill.push(event, event.t);
  const last = events.at(-1);
  expect(drill.now(1e9)).toMatchObject({ t: last?.t, s: last?.s });
});
