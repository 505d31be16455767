import type { Claim } from '../../history/events.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import { readClaim } from '../../claims/claims.ts';
import type { PairedStep } from '../../record/pair-steps.ts';
import { watchEnd } from '../recovery.ts';
import type { Check } from '../run-report.ts';
import { fail, inconclusive, isNonEmpty, pass, type ScenarioContext } from './check.ts';
import { checkSteps } from './step-claims.ts';

/**
 * What a step is to achieve must be seen from outside, in the queues and containers themselves, after its end and before the next
 * step began: what a block prints of itself is not asked.
 */
export function checkAchieved(context: ScenarioContext): readonly Check[] {
  return checkSteps(context, 'achieved', (step) => step.achieves, checkStep);
}

function checkStep(id: string, claims: readonly Claim[], { step, record }: PairedStep, arm: ArmRecord): Check {
  const endedT = record?.ended?.t;
  if (!record || endedT === undefined) return inconclusive(id, 'it was not run to its end');
  const next = arm.procedures.find(({ started }) => started.t >= endedT)?.started.t;
  const until = next ?? watchEnd(arm)?.t ?? Infinity;
  const moments = arm.timeline.moments.filter(({ t }) => t <= until);
  const span = { startedT: record.started.t, endedT };
  const seen = claims
    .map(readClaim)
    .map((claim) => ({ claim, value: claim.everHolds(claim.momentsOfStep(moments, span)) }));
  const findings = seen
    .filter(({ value }) => value === false)
    .map(({ claim }) => ({ message: `${claim.text}: not seen after it`, location: step.location }));
  if (isNonEmpty(findings)) return fail(id, findings);
  const unknown = seen.find(({ value }) => value === undefined);
  if (unknown) return inconclusive(id, `${unknown.claim.text}: the record does not say`);
  return pass(id, `seen after it: ${seen.map(({ claim }) => claim.text).join(', ')}`);
}
