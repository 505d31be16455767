import { seconds } from '../../kernel/words.ts';
import { findRecovery, recoveryTimes } from '../recovery.ts';
import { fail, inconclusive, pass, type ScenarioCheck } from './check.ts';

const id = 'recovery-time';

/** Recovery must not take much longer than it did when `drillbook baseline` recorded its time. */
export const recoveryTime: ScenarioCheck = {
  id,
  about: ['treatment'],
  timeBound: true,
  appliesTo: ({ recoveryLimit }) => recoveryLimit !== undefined,
  run({ plan, treatment, rules }) {
    const { recoveryLimit: limit } = plan;
    if (!limit) return [];
    const times = treatment && recoveryTimes(treatment, findRecovery(treatment, rules, plan.health));
    if (!times) return inconclusive(id, 'there was no recovery to be timed');
    const took = times.sinceProcedure.sandboxMs;
    const baseline = `the baseline is ${seconds(limit.baselineMs)}, at most ${seconds(limit.limitMs)} are allowed`;
    const message = `recovery took ${seconds(took)} of sandbox time; ${baseline}`;
    if (took <= limit.limitMs) return pass(id, message);
    return fail(id, [{ message, location: plan.recovery[0]?.location ?? { file: plan.file, line: 1 } }]);
  },
};
