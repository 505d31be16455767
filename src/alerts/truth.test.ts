import { expect, test } from 'vitest';

import type { ScenarioPlan } from '../history/events.ts';
import { RunRecord } from '../record/run-record.ts';
import { nothing } from '../verdict/testing/judge-recording.ts';
import { recordRun, type Recording } from '../verdict/testing/record-run.ts';
import { truthOf } from './truth.ts';

function truthsOf(recording: Recording) {
  const record = new RunRecord();
  for (const event of recordRun(recording)) record.push(event);
  return { record, truths: truthOf(record) };
}

test('the fault is true from its effect to the proved recovery, and in the control arm to the end', () => {
  const { truths } = truthsOf({});
  const [treatment, control] = truths;
  expect(truths.map(({ arm, problem }) => [arm, problem])).toEqual([
    ['treatment', undefined],
    ['control', undefined],
  ]);
  expect(treatment?.fault?.recovered).toBe(true);
  expect(treatment?.fault?.overS).toBeLessThanOrEqual(treatment?.endS ?? 0);
  expect(control?.fault).toMatchObject({ recovered: false, overS: control?.endS });
  for (const { fault, startS, endS } of truths) {
    expect(fault?.onsetS).toBeGreaterThan(startS);
    expect(fault?.onsetS).toBeLessThan(endS);
  }
});

test('an arm ends for alerts where the load stops', () => {
  const { record, truths } = truthsOf({});
  const arm = [...record.scenarios.values()][0]?.arms.treatment;
  expect(truths[0]?.endS).toBe(arm?.phase('account')?.started.s);
});

test('a fleet that does not recover is broken to the end', () => {
  const { truths } = truthsOf({ cure: nothing });
  expect(truths[0]?.fault).toMatchObject({ recovered: false, overS: truths[0]?.endS });
});

test('a machine that was too busy proves nothing about rules', () => {
  const { truths } = truthsOf({ pressure: 0.95 });
  expect(truths[0]?.problem).toMatch(/waited for a CPU 95 % of the time/);
});

test('without a fault only the steady state before the first block is healthy', () => {
  const record = new RunRecord();
  for (const event of recordRun({})) {
    if (event.type.startsWith('fault.')) continue;
    record.push(event.type === 'scenario.planned' ? { ...event, plan: withoutFault(event.plan) } : event);
  }
  const [truth] = truthOf(record);
  const arm = [...record.scenarios.values()][0]?.arms.treatment;
  expect(arm?.procedures.length).toBeGreaterThan(0);
  expect(truth).toMatchObject({ fault: undefined, problem: undefined, endS: arm?.phase('diagnose')?.started.s });
});

function withoutFault({ fault: _fault, ...plan }: ScenarioPlan): ScenarioPlan {
  return { ...plan, fault: undefined };
}
