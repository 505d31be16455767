import { seconds } from '../../kernel/words.ts';
import { steadyRules } from '../health.ts';
import { inconclusive, pass, type ScenarioCheck } from './check.ts';
import { steadyStateProblem } from './premises.ts';

const id = 'steady-state';

/** The fleet must have been healthy before the fault. Otherwise the fault may not be the cause of what follows. */
export const steadyState: ScenarioCheck = {
  id,
  about: ['treatment'],
  premise: true,
  run(context) {
    const problem = steadyStateProblem(context, context.treatment);
    if (problem !== undefined) return inconclusive(id, problem);
    const held = seconds(steadyRules(context.rules).sustainMs);
    return pass(id, `all normal ranges held for ${held} of sandbox time before anything was done`);
  },
};
