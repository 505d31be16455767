import { fail, inconclusive, isNonEmpty, pass, type ScenarioCheck } from './check.ts';
import { checkSteps, untilNextStep, type CheckStep } from './step-claims.ts';

const id = 'achieved';

/**
 * What a step is to achieve must be seen in the queues and containers themselves, after its end and before the next
 * step begins. What the block prints about itself does not count.
 */
export const achieved: ScenarioCheck = {
  id,
  about: ['treatment'],
  timeBound: true,
  run: (context) => checkSteps(context, { id, key: 'achieves' }, checkStep),
};

const checkStep: CheckStep = (stepId, claims, { step, record }, arm) => {
  const endedT = record?.ended?.t;
  if (!record || endedT === undefined) return inconclusive(stepId, 'it was not run to its end');
  const until = untilNextStep(arm, endedT);
  const moments = arm.timeline.moments.filter(({ t }) => t <= until);
  const span = { startedT: record.started.t, endedT };
  const seen = claims.map(({ text, everHolds, momentsOfStep }) => ({
    text,
    value: everHolds(momentsOfStep(moments, span)),
  }));
  const findings = seen
    .filter(({ value }) => value === false)
    .map(({ text }) => ({ message: `${text}: not seen after it`, location: step.location }));
  if (isNonEmpty(findings)) return fail(stepId, findings);
  const unknown = seen.find(({ value }) => value === undefined);
  if (unknown) return inconclusive(stepId, `${unknown.text}: the record does not say`);
  return pass(stepId, `seen after it: ${seen.map(({ text }) => text).join(', ')}`);
};
