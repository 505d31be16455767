import { expect, test } from 'vitest';

import type { Check } from '../verdict/run-report.ts';
import { judgeMutant } from './run-mutants.ts';

const check = (id: string, verdict: Check['verdict']): Check => ({
  id,
  verdict,
  message: `${id} is ${verdict}`,
  locations: [],
  findings: [],
});
const fateOf = (ofRun: Check[], ofScenario: Check[]) =>
  judgeMutant({ id: 'queue-paused' }, { checks: ofRun, scenarios: [{ checks: ofScenario }] });

test('a mutant is killed by any failed check, and the check is named', () => {
  expect(
    fateOf([check('whole-run', 'pass')], [check('steady-state', 'inconclusive'), check('recovered', 'fail')]),
  ).toEqual({ fate: 'killed', scenario: 'queue-paused', reason: 'recovered: recovered is fail' });
  expect(fateOf([check('coverage', 'fail')], [])).toMatchObject({ fate: 'killed' });
});

test('a mutant survives if every check passes, although there is no control arm', () => {
  expect(fateOf([], [check('recovered', 'pass'), check('control-arm', 'inconclusive')])).toEqual({ fate: 'survived' });
});

test('an inconclusive check leaves the mutant open', () => {
  expect(fateOf([check('teardown', 'inconclusive')], [check('recovered', 'pass')])).toMatchObject({
    fate: 'inconclusive',
    reason: 'teardown: teardown is inconclusive',
  });
});
