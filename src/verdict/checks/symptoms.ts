import { readClaim } from '../../claims/claims.ts';
import type { Claim } from '../../history/events.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import { recoveryStart } from '../recovery.ts';
import type { Check } from '../run-report.ts';
import { fail, inconclusive, pass, type ScenarioCheck, type ScenarioContext } from './check.ts';
import { premiseProblem } from './premises.ts';

const id = 'symptom';

/** Each symptom that the runbook names must be seen between the fault's proof and the start of recovery. */
export const symptoms: ScenarioCheck = {
  id,
  about: ['treatment'],
  timeBound: true,
  run(context) {
    return context.plan.symptoms.map((claim, index) => checkSymptom(`${id}:${index + 1}`, claim, context));
  },
};

function checkSymptom(symptomId: string, claim: Claim, context: ScenarioContext): Check {
  const { plan, treatment } = context;
  const problem = premiseProblem(context, treatment);
  if (problem !== undefined || !treatment?.proved)
    return inconclusive(symptomId, `${claim.text}: ${problem ?? 'the fault was not proved'}`);
  const seen = readClaim(claim).everHolds(momentsOfSymptoms(treatment));
  if (seen === undefined) return inconclusive(symptomId, `${claim.text}: the record does not say`);
  if (seen) return pass(symptomId, `${claim.text}: seen`);
  const outcome = treatment.phase('detect')?.ended?.outcome;
  if (outcome !== 'done' && outcome !== 'timed-out')
    return inconclusive(symptomId, `${claim.text}: the record ends before its time was up`);
  const message = `${claim.text}: not seen between the fault and the start of recovery`;
  return fail(symptomId, [{ message, location: { file: plan.file, line: 1 } }]);
}

function momentsOfSymptoms(arm: ArmRecord): ArmRecord['timeline']['moments'] {
  const from = arm.proved?.t ?? Infinity;
  const until = recoveryStart(arm)?.t ?? Infinity;
  return arm.timeline.moments.filter(({ t }) => t >= from && t <= until);
}
