import type { ReadableClaim } from '../../claims/claims.ts';
import { seconds } from '../../kernel/words.ts';
import type { Moment } from '../../record/timeline.ts';
import { fail, inconclusive, isNonEmpty, pass, type ScenarioCheck } from './check.ts';
import { checkSteps, untilNextStep, type CheckStep } from './step-claims.ts';

const id = 'throughout';

/** What must hold throughout a step must be false at no moment from its start until the next step begins. */
export const throughout: ScenarioCheck = {
  id,
  about: ['treatment'],
  final: true,
  run: (context) => checkSteps(context, { id, key: 'throughout' }, checkStep),
};

const checkStep: CheckStep = (stepId, claims, { step, record }, arm) => {
  if (!record?.ended) return inconclusive(stepId, 'it was not run to its end');
  const { started, ended } = record;
  const until = untilNextStep(arm, ended.t);
  const moments = arm.timeline.moments.filter(({ t }) => t >= started.t && t <= until);
  const seen = claims.map((claim) => ({ text: claim.text, ...firstBroken(claim, moments) }));
  const findings = seen.flatMap(({ text, broken }) => {
    if (!broken) return [];
    const after = `${seconds(broken.s - started.s)} of sandbox time after it began`;
    return [{ message: `${text}: not so ${after}`, location: step.location }];
  });
  if (isNonEmpty(findings)) return fail(stepId, findings);
  const unknown = seen.find(({ known }) => !known);
  if (unknown) return inconclusive(stepId, `${unknown.text}: the record does not say`);
  return pass(stepId, `held all the while: ${seen.map(({ text }) => text).join(', ')}`);
};

/** The first moment at which the claim is false, and whether it was ever known. */
function firstBroken(
  claim: ReadableClaim,
  moments: readonly Moment[],
): { readonly broken?: Moment; readonly known: boolean } {
  let known = false;
  for (const moment of moments) {
    const value = claim.holds([moment]);
    if (value === false) return { broken: moment, known: true };
    known ||= value === true;
  }
  return { known };
}
