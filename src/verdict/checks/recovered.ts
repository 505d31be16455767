import { defined } from '../../kernel/defined.ts';
import { seconds } from '../../kernel/words.ts';
import { complaintAt, isGap, isKnownDown } from '../health.ts';
import { findRecovery, mustEndHealthy, type Recovery } from '../recovery.ts';
import type { Check } from '../run-report.ts';
import { fail, inconclusive, pass, type ScenarioCheck, type ScenarioContext } from './check.ts';
import { premiseProblem } from './premises.ts';

const id = 'recovered';

/**
 * Health must begin within the scenario's `within` after the recovery procedures ended, and then last for its
 * `sustain`.
 * Inconclusive if the fleet was broken before the fault, or if the fault took no effect.
 */
export const recovered: ScenarioCheck = {
  id,
  about: ['treatment'],
  timeBound: true,
  final: true,
  appliesTo: mustEndHealthy,
  run(context) {
    const { plan, rules, treatment } = context;
    const problem = premiseProblem(context, treatment);
    if (problem !== undefined || !treatment)
      return inconclusive(id, `nothing can be said about recovery: ${problem ?? 'it was not run'}`);
    const recovery = findRecovery(treatment, rules, plan.health);
    if (!recovery) return inconclusive(id, 'recovery was not begun');
    const blind = blindness(context, recovery);
    if (blind !== undefined) return inconclusive(id, blind);
    return recovery.outcome.window
      ? judgeWindow(recovery, recovery.outcome.window.start.s)
      : judgeFailure(context, recovery, recovery.outcome);
  },
};

function judgeWindow({ begun, deadlineS }: Recovery, healthyS: number): Check {
  const took = seconds(healthyS - begun.s);
  if (healthyS <= deadlineS) return pass(id, `healthy ${took} of sandbox time after recovery began, and from then on`);
  return fail(id, [
    { message: `healthy only ${took} of sandbox time after recovery began, ${seconds(healthyS - deadlineS)} too late` },
  ]);
}

function judgeFailure(
  { plan, treatment, rules }: ScenarioContext,
  { until, deadlineS }: Recovery,
  { complaint, longestMs }: Extract<Recovery['outcome'], { window: undefined }>,
): Check {
  // If the moments were healthy for long enough, the complaint is about all of them together.
  const tooShort = longestMs > 0 && longestMs < rules.sustainMs;
  const best = tooShort ? `; health lasted ${seconds(longestMs)} at best, ${seconds(rules.sustainMs)} are needed` : '';
  const timedOut = treatment?.phase('settle')?.ended?.outcome === 'timed-out';
  const limit = seconds(plan.health.withinMs);
  if (!timedOut && until.s < deadlineS)
    return inconclusive(id, `not watched until the time limit of ${limit}: ${complaint.text}${best}`);
  if (complaint.unknown) return inconclusive(id, `it is not known whether it recovered: ${complaint.text}${best}`);
  const message = `not healthy within ${limit}: ${complaint.text}${best}`;
  return fail(id, [{ message, ...defined({ location: complaint.location }) }]);
}

/** Why the end of the record shows nothing: Redis was away, or the queues were no longer sampled. */
function blindness({ treatment, rules }: ScenarioContext, { until }: Recovery): string | undefined {
  const seen = treatment?.timeline.moments.filter(({ t }) => t <= until.t) ?? [];
  const last = seen.at(-1);
  if (isKnownDown(last, rules)) return undefined;
  if (last && !last.redisUp)
    return `at the end of the watch, ${complaintAt(last, rules)?.text ?? 'Redis did not answer'}`;
  const lastSample = seen.findLast(({ sampled }) => sampled);
  if (!lastSample) return 'nothing was sampled';
  return isGap(lastSample, until)
    ? `the queues were not sampled in the last ${seconds(until.s - lastSample.s)} of sandbox time`
    : undefined;
}
