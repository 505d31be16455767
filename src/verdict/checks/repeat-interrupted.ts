import { inconclusive, type ScenarioCheck } from './check.ts';
import { checkRepeatedHealth, repeats } from './repeated-health.ts';

const id = 'repeat:interrupted';

/** `verify --repeat`: the recovery, cut off half-way in the control arm, must still recover when it is run again. */
export const repeatInterrupted: ScenarioCheck = {
  id,
  about: ['control'],
  timeBound: true,
  appliesTo: ({ repeat }) => repeat === true,
  run(context) {
    const { plan, control } = context;
    const runs = repeats(control);
    const cut = runs.filter(({ started }) => started.cutAfterMs !== undefined);
    const whole = runs.filter(({ started }) => started.cutAfterMs === undefined);
    if (!control || cut.length === 0 || whole.length < plan.recovery.length)
      return inconclusive(id, 'the recovery was not cut off and run again');
    // A recovery of several blocks can also be cut off between two of them. The later ones were not begun then.
    const wasCut = cut.length < plan.recovery.length || cut.some(({ ended }) => ended?.ended === 'cut');
    if (!wasCut) return inconclusive(id, 'the recovery was over before it could be cut off');
    return checkRepeatedHealth(id, context, control, { runs: whole, how: 'cut off half-way and run again' });
  },
};
