import { inconclusive, type ScenarioCheck } from './check.ts';
import { checkRepeatedHealth, repeats } from './repeated-health.ts';

const id = 'repeat:healthy';

/**
 * `verify --repeat`: the recovery, run again on the fleet that it healed, must leave it healthy. A recovery that
 * removes jobs is not run again on a healthy fleet.
 */
export const repeatHealthy: ScenarioCheck = {
  id,
  about: ['treatment'],
  timeBound: true,
  appliesTo: ({ repeat, jobs }) => repeat === true && jobs.removed === 0,
  run(context) {
    const { plan, treatment } = context;
    const runs = repeats(treatment);
    if (!treatment || runs.length < plan.recovery.length)
      return inconclusive(id, 'the recovery was not run again: if it fails, there is nothing to repeat');
    return checkRepeatedHealth(id, context, treatment, { runs, how: 'run again on the healthy fleet' });
  },
};
