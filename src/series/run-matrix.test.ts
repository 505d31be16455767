import { expect, test } from 'vitest';

import type { ScenarioReport } from '../verdict/run-report.ts';
import { judgeCell } from './run-matrix.ts';

type Check = ScenarioReport['checks'][number];
const check = (id: string, verdict: Check['verdict']): Check => ({
  id,
  verdict,
  message: `${id} is ${verdict}`,
  locations: [],
  findings: [],
});
const premises = ['binding', 'steady-state', 'fault-bit'].map((id) => check(id, 'pass'));
const books = {
  enqueued: 9,
  completed: 9,
  duplicated: 0,
  failed: 0,
  queued: 0,
  retrying: 0,
  added: 0,
  queuedIn: {},
  removed: 0,
  lost: 0,
  lostJobs: [],
  resurrected: 0,
  stalled: 0,
  moved: 0,
  promoted: 0,
  altered: 0,
  withoutEffect: 0,
  whole: true,
};
const fateOf = (checks: readonly Check[], ledger: ScenarioReport['ledger'] = books) =>
  judgeCell({ checks: [...premises, ...checks], ledger }).fate;

test('a procedure cures, or it does not', () => {
  expect(fateOf([check('recovered', 'pass')])).toBe('cures');
  expect(fateOf([check('recovered', 'fail')])).toBe('no-effect');
});

test('whoever loses, removes or adds jobs, or reaches beyond what was hit, harms, even where the fleet comes back', () => {
  expect(fateOf([check('recovered', 'pass')], { ...books, added: 1 })).toBe('harms');
  expect(fateOf([check('recovered', 'pass'), check('blast-radius', 'fail')])).toBe('harms');
  expect(fateOf([check('recovered', 'pass')], { ...books, removed: 1 })).toBe('harms');
  expect(fateOf([check('recovered', 'pass')], { ...books, lost: 1 })).toBe('harms');
  expect(fateOf([check('recovered', 'pass')], { ...books, moved: 1 })).toBe('harms');
  expect(fateOf([check('recovered', 'pass')], { ...books, promoted: 1 })).toBe('harms');
  expect(fateOf([check('recovered', 'pass')], { ...books, altered: 1 })).toBe('harms');
  expect(fateOf([check('recovered', 'pass'), check('walls', 'fail')])).toBe('harms');
});

test('the harm is named', () => {
  const ledger = { ...books, removed: 2, promoted: 1 };
  expect(judgeCell({ checks: premises, ledger }).reason).toBe('2 jobs removed, 1 job done before being due');
});

test('what was not shown is not judged', () => {
  expect(fateOf([check('recovered', 'inconclusive')])).toBe('inconclusive');
  expect(fateOf([])).toBe('inconclusive');
  expect(
    judgeCell({ checks: [check('steady-state', 'inconclusive'), check('recovered', 'pass')], ledger: books }),
  ).toEqual({
    fate: 'inconclusive',
    reason: 'steady-state: steady-state is inconclusive',
  });
  // Books that are not whole say nothing of what is lost.
  expect(fateOf([check('recovered', 'fail')], { ...books, lost: 9, whole: false })).toBe('no-effect');
});
