import { fail, isNonEmpty, pass, type ScenarioCheck } from './check.ts';

const id = 'binding';

/**
 * Everything that the scenario names must be in the runbook. A section that is gone is a failure of the runbook. The
 * scenario is not run then, so this is its only check.
 */
export const binding: ScenarioCheck = {
  id,
  about: [],
  premise: true,
  run({ plan }) {
    const findings = plan.unbound.map(({ selector, message, location }) => ({
      message: `\`${selector}\`: ${message}`,
      location,
    }));
    return isNonEmpty(findings)
      ? fail(id, findings)
      : pass(id, 'every section and procedure that the scenario names is in the runbook');
  },
};
