import type { Claim } from '../../history/events.ts';
import type { ArmRecord, Instant } from '../../record/arm-record.ts';
import { readClaim, type ReadableClaim } from '../../claims/claims.ts';
import type { PairedStep } from '../../record/pair-steps.ts';
import { watchEnd } from '../recovery.ts';
import type { Check } from '../run-report.ts';
import { fail, inconclusive, isNonEmpty, pass, seconds, type ScenarioContext } from './check.ts';
import { checkSteps } from './step-claims.ts';

/** What a step must not do on its way must be seen at no moment from its start until the next step began. */
export function checkThroughout(context: ScenarioContext): readonly Check[] {
  return checkSteps(context, 'throughout', (step) => step.throughout, checkStep);
}

function checkStep(id: string, claims: readonly Claim[], { step, record }: PairedStep, arm: ArmRecord): Check {
  if (!record?.ended) return inconclusive(id, 'it was not run to its end');
  const { started, ended } = record;
  const until = (arm.procedures.find((next) => next.started.t >= ended.t)?.started ?? watchEnd(arm))?.t ?? Infinity;
  const told = claims.map(readClaim).map((claim) => ({ claim, ...look(claim, arm, started.t, until) }));
  const findings = told.flatMap(({ claim, broken }) =>
    broken
      ? [
          {
            message: `${claim.text}: not so ${seconds(broken.s - started.s)} of sandbox time after it began`,
            location: step.location,
          },
        ]
      : [],
  );
  if (isNonEmpty(findings)) return fail(id, findings);
  const unknown = told.find(({ known }) => !known);
  if (unknown) return inconclusive(id, `${unknown.claim.text}: the record does not say`);
  return pass(id, `all the while: ${told.map(({ claim }) => claim.text).join(', ')}`);
}

/** The first moment at which the claim is false, and whether it was ever known. */
function look(
  claim: ReadableClaim,
  { timeline }: ArmRecord,
  fromT: number,
  untilT: number,
): { readonly broken: Instant | undefined; readonly known: boolean } {
  let known = false;
  for (const moment of timeline.moments) {
    if (moment.t < fromT || moment.t > untilT) continue;
    const value = claim.holds([moment]);
    if (value === false) return { broken: moment, known: true };
    known ||= value === true;
  }
  return { broken: undefined, known };
}
