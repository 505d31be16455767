import { expect, test } from 'vitest';

import { createSandboxClock } from '../kernel/clock.ts';
import { detectLimit, fleetLimits, phaseDeadlines } from './phase-limits.ts';

const health = { withinMs: 300_000, sustainMs: 60_000 } as Parameters<typeof phaseDeadlines>[1]['health'];

test('what the fleet does gets less real time on a faster sandbox clock', () => {
  const [real, fast] = [1, 20].map((factor) => phaseDeadlines('treatment', { health }, createSandboxClock(factor)));
  expect(real).toMatchObject({ baseline: 241_000, settle: 361_000, account: 750_000 });
  expect(fast).toMatchObject({ baseline: 13_000, settle: 19_000, account: 66_000 });
});

test('what the engine and the blocks do gets the same real time on every clock', () => {
  const [real, fast] = [1, 20].map((factor) => phaseDeadlines('treatment', { health }, createSandboxClock(factor)));
  for (const phase of ['start', 'diagnose', 'recover', 'repeat'] as const) expect(fast?.[phase]).toBe(real?.[phase]);
});

test('a fault has at least 30 s of real time to be injected, and its symptoms 45 s to show', () => {
  const clock = createSandboxClock(60);
  const { inject, detect } = phaseDeadlines('treatment', { health }, clock);
  expect(inject).toBe(30_000);
  expect(clock.toRealMs(detectLimit(clock))).toBe(45_000);
  expect(detect).toBe(46_000);
  expect(detectLimit(createSandboxClock(1))).toBe(fleetLimits.detect);
});

test('the diagnosis may last until the fault is mended', () => {
  const clock = createSandboxClock(10);
  const unmended = phaseDeadlines('treatment', { health }, clock).diagnose;
  expect(phaseDeadlines('treatment', { health, mendedAfterMs: 600_000 }, clock).diagnose).toBe(unmended + 60_000);
});

test('a placebo gets less time than a recovery', () => {
  const clock = createSandboxClock(10);
  const [control, treatment] = (['control', 'treatment'] as const).map((arm) => phaseDeadlines(arm, { health }, clock));
  expect(control?.recover).toBeLessThan(treatment?.recover ?? 0);
});
