import { inconclusive, pass, type ScenarioCheck } from './check.ts';
import { faultProblem } from './premises.ts';

const id = 'fault-bit';

/** The fault's effect must have been observed independently of the code that injected it. */
export const faultTookEffect: ScenarioCheck = {
  id,
  about: ['treatment'],
  premise: true,
  appliesTo: ({ fault }) => fault !== undefined,
  run({ plan, treatment }) {
    const problem = faultProblem(treatment);
    if (problem !== undefined) return inconclusive(id, problem);
    return pass(id, `${plan.fault?.summary ?? 'the fault'}: ${treatment?.proved?.evidence ?? 'proved'}`);
  },
};
