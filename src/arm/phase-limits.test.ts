import { expect, test } from 'vitest';

import { fleetLimits, detectAllowance, phaseAllowances } from './phase-limits.ts';

const health = { withinMs: 300_000, sustainMs: 60_000 } as Parameters<typeof phaseAllowances>[1]['health'];

test('what the fleet does gets sandbox time, and what the engine and the blocks do gets real time', () => {
  const allowances = phaseAllowances('treatment', { health });
  for (const phase of ['baseline', 'settle', 'account'] as const)
    expect(allowances[phase]).toMatchObject({
      sandboxMs: expect.any(Number) as number,
      marginMs: expect.any(Number) as number,
    });
  expect(allowances.settle.sandboxMs).toBe(360_000);
  for (const phase of ['start', 'recover', 'repeat'] as const)
    expect(allowances[phase]).toEqual({ realMs: expect.any(Number) as number });
});

test('a fault has at least 30 s of real time to be injected, and its symptoms 45 s to show', () => {
  const { inject, detect } = phaseAllowances('treatment', { health });
  expect(inject.realMs).toBe(30_000);
  expect(detectAllowance).toEqual({ sandboxMs: fleetLimits.detect, realMs: 45_000 });
  // The wait inside the phase must end first, because its error names what did not happen.
  expect(detect).toEqual({ ...detectAllowance, marginMs: 1000 });
});

test('the diagnosis may last until the fault is mended', () => {
  expect(phaseAllowances('treatment', { health }).diagnose.sandboxMs).toBe(0);
  expect(phaseAllowances('treatment', { health, mendedAfterMs: 600_000 }).diagnose.sandboxMs).toBe(600_000);
});

test('a placebo gets less time than a recovery', () => {
  const [control, treatment] = (['control', 'treatment'] as const).map((arm) => phaseAllowances(arm, { health }));
  expect(control?.recover.realMs).toBeLessThan(treatment?.recover.realMs ?? 0);
});
