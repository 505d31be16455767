import { expect, test } from 'vitest';

import { Ledger } from '../record/ledger.ts';
import type { ScenarioReport } from '../verdict/run-report.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { crossScenarios, curable, judgeCell } from './run-matrix.ts';

type Check = ScenarioReport['checks'][number];
const check = (id: string, verdict: Check['verdict']): Check => ({
  id,
  verdict,
  message: `${id} is ${verdict}`,
  locations: [],
  findings: [],
});
const preconditions = ['binding', 'steady-state', 'fault-bit'].map((id) => check(id, 'pass'));
/** The ledger of a run in which every job was done once. */
const ledger = { ...new Ledger().balance(), enqueued: 9, completed: 9, whole: true };
const fateOf = (checks: readonly Check[], counted: ScenarioReport['ledger'] = ledger) =>
  judgeCell({ checks: [...preconditions, ...checks], ledger: counted }).fate;

test('a recovery cures a fault, or it has no effect', () => {
  expect(fateOf([check('recovered', 'pass')])).toBe('cures');
  expect(fateOf([check('recovered', 'fail')])).toBe('no-effect');
});

test.each(['lost', 'removed', 'added', 'moved', 'promoted', 'altered'] as const)(
  'a recovery that leaves a job %s harms, although the fleet recovers',
  (harm) => {
    expect(fateOf([check('recovered', 'pass')], { ...ledger, [harm]: 1 })).toBe('harms');
  },
);

test.each(['blast-radius', 'walls'])('a recovery that fails the check %s harms, although the fleet recovers', (id) => {
  expect(fateOf([check('recovered', 'pass'), check(id, 'fail')])).toBe('harms');
});

test('the reason names each harm with its number of jobs', () => {
  const harmed = { ...ledger, removed: 2, promoted: 1 };
  expect(judgeCell({ checks: preconditions, ledger: harmed }).reason).toBe(
    '2 jobs removed, 1 job done before being due',
  );
});

test('an inconclusive or missing recovery leaves the cell inconclusive', () => {
  expect(fateOf([check('recovered', 'inconclusive')])).toBe('inconclusive');
  expect(fateOf([])).toBe('inconclusive');
});

test('a precondition that did not pass leaves the cell inconclusive and is its reason', () => {
  const checks = [check('steady-state', 'inconclusive'), check('recovered', 'pass')];
  expect(judgeCell({ checks, ledger })).toEqual({
    fate: 'inconclusive',
    reason: 'steady-state: steady-state is inconclusive',
  });
});

test('a ledger that is not whole cannot show lost jobs', () => {
  expect(fateOf([check('recovered', 'fail')], { ...ledger, lost: 9, whole: false })).toBe('no-effect');
});

/** As much of a scenario as the matrix reads. */
function scenario(id: string, fields: object = {}): LoadedScenario {
  return { id, fault: { kind: id }, recovery: [{ run: id }], health: { services: [id] }, ...fields } as LoadedScenario;
}

test('the matrix is made of the scenarios that have a fault and a recovery', () => {
  const scenarios = [
    scenario('one'),
    scenario('reads-only', { fault: undefined }),
    scenario('heals', { recovery: [] }),
  ];
  expect(curable(scenarios).map(({ id }) => id)).toEqual(['one']);
});

test('a cell is the fault of one scenario with the recovery of another, and either may touch its own services', () => {
  const crossed = crossScenarios(scenario('fault', { diagnosis: [{ run: 'look' }] }), scenario('procedure'));
  expect(crossed).toMatchObject({
    id: 'fault',
    fault: { kind: 'fault' },
    diagnosis: [],
    recovery: [{ run: 'procedure' }],
    health: { services: ['fault', 'procedure'] },
    control: { enabled: false },
  });
});
