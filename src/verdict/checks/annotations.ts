import type { PlannedStep, ScenarioPlan } from '../../history/events.ts';
import { fail, isNonEmpty, pass, type ScenarioCheck } from './check.ts';

const id = 'annotations';

/** A runbook under test cannot excuse itself. What its annotations say beside an id must be allowed by the project. */
export const annotations: ScenarioCheck = {
  id,
  about: [],
  appliesTo: (plan) => stepsOf(plan).some(({ ignored = [] }) => ignored.length > 0),
  run({ plan }) {
    const findings = stepsOf(plan).flatMap(({ address, location, ignored = [] }) =>
      ignored.map((key) => ({
        message: `the annotation of ${address} sets \`${key}\`, which neither the scenario nor the configuration allows; it changed nothing`,
        location,
      })),
    );
    return isNonEmpty(findings) ? fail(id, findings) : pass(id, 'no annotation excuses a block');
  },
};

function stepsOf({ diagnosis, recovery, maintenance = [], control }: ScenarioPlan): readonly PlannedStep[] {
  return [...diagnosis, ...recovery, ...maintenance, ...control.instead];
}
