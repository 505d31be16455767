import type { ArmRecord } from '../../record/arm-record.ts';
import { readClaim } from '../../claims/claims.ts';
import type { Check } from '../run-report.ts';
import { recoveryStart } from '../recovery.ts';
import { fail, inconclusive, pass, type ScenarioContext } from './check.ts';
import { premiseProblem } from './preconditions.ts';

/** Each symptom the runbook names must be seen between the fault's proof and the start of recovery. */
export function checkSymptoms(context: ScenarioContext): readonly Check[] {
  const { plan, treatment } = context;
  const problem = premiseProblem(context, treatment);
  return plan.symptoms.map((claim, index) => {
    const id = `symptom:${index + 1}`;
    if (problem !== undefined || !treatment?.proved)
      return inconclusive(id, `${claim.text}: ${problem ?? 'the fault was not proved'}`);
    const seen = readClaim(claim).everHolds(momentsOfSymptoms(treatment));
    if (seen === undefined) return inconclusive(id, `${claim.text}: the record does not say`);
    if (seen) return pass(id, `${claim.text}: seen`);
    const outcome = treatment.phase('detect')?.ended?.outcome;
    if (outcome !== 'done' && outcome !== 'timed-out')
      return inconclusive(id, `${claim.text}: the record breaks off before its time was up`);
    return fail(id, [
      {
        message: `${claim.text}: not seen between the fault and the start of recovery`,
        location: { file: plan.file, line: 1 },
      },
    ]);
  });
}

function momentsOfSymptoms(arm: ArmRecord): ArmRecord['timeline']['moments'] {
  const from = arm.proved?.t ?? Infinity;
  const until = recoveryStart(arm)?.t ?? Infinity;
  return arm.timeline.moments.filter(({ t }) => t >= from && t <= until);
}
