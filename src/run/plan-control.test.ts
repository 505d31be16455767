import { expect, test } from 'vitest';

import type { ProcedureRecord } from '../record/arm-record.ts';
import { planCut, planWatch } from './plan-control.ts';

const run = { timeScale: 10 };
const plan = { control: { enabled: true, instead: [] } };
const times = { brokenSince: 1_000_000, recoveryBegan: 1_030_000, healthySince: 1_040_000 };

test('the control arm is watched past the self-healing of BullMQ, even if the recovery was faster', () => {
  expect(planWatch(times, run, plan).sinceFaultMs).toBe(70_000);
});

test('the control arm is watched as long as a slow recovery needed, and a little longer', () => {
  expect(planWatch({ ...times, healthySince: 1_300_000 }, run, plan).sinceFaultMs).toBe(305_000);
});

test('the control arm gets the time of the recovery itself, plus what a busy machine takes longer', () => {
  expect(planWatch(times, run, plan).sinceRecoveryMs).toBe(10_000 + 2000 * run.timeScale + 5000);
});

test('a recovery is cut off at 40 % of the time that its blocks took in total', () => {
  const procedure = (purpose: string, durationMs: number) =>
    ({ started: { purpose }, ended: { durationMs } }) as ProcedureRecord;
  const procedures = [procedure('diagnosis', 9000), procedure('recovery', 3000), procedure('recovery', 2000)];
  expect(planCut({ procedures })).toBe(2000);
});
