import { findRecovery, recoveryTimes } from '../recovery.ts';
import type { Check } from '../run-report.ts';
import { fail, inconclusive, pass, seconds, type ScenarioContext } from './check.ts';

const id = 'recovery-time';

/** Recovery must not take much longer than it did when somebody was content with it. Nothing is asked where nothing was measured. */
export function checkRecoveryTime({ plan, treatment, rules }: ScenarioContext): readonly Check[] {
  const limit = plan.recoveryLimit;
  if (!limit) return [];
  const times = treatment && recoveryTimes(treatment, findRecovery(treatment, rules, plan.health));
  if (!times) return [inconclusive(id, 'there was no recovery to be timed')];
  const took = times.sinceProcedure.sandboxMs;
  const compared = `${seconds(took)} of sandbox time; the baseline is ${seconds(limit.baselineMs)}, at most ${seconds(limit.limitMs)} are allowed`;
  return [
    took <= limit.limitMs
      ? pass(id, `recovery took ${compared}`)
      : fail(id, [
          {
            message: `recovery took ${compared}`,
            location: plan.recovery[0]?.location ?? { file: plan.file, line: 1 },
          },
        ]),
  ];
}
