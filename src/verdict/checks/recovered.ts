import { complaintAt } from '../health.ts';
import { findRecovery, type Recovery } from '../recovery.ts';
import type { Check } from '../run-report.ts';
import { fail, inconclusive, pass, seconds, type ScenarioContext } from './check.ts';
import { premiseProblem } from './preconditions.ts';

const id = 'recovered';

/**
 * Health must begin, and from then on last for the scenario's `sustain`, within its `within` after the recovery
 * procedures ended. What was broken before the fault, or by no fault at all, cannot be recovered: inconclusive.
 */
export function checkRecovered(context: ScenarioContext): Check {
  const { plan, rules, treatment } = context;
  const problem = premiseProblem(context, treatment);
  if (problem !== undefined || !treatment)
    return inconclusive(id, `nothing can be said of recovery: ${problem ?? 'it was not run'}`);
  const recovery = findRecovery(treatment, rules, plan.health);
  if (!recovery) return inconclusive(id, 'recovery was not begun');
  const blind = blindness(context, recovery);
  if (blind !== undefined) return inconclusive(id, blind);
  return recovery.outcome.window
    ? judgeWindow(recovery, recovery.outcome.window.start.s)
    : judgeFailure(context, recovery);
}

function judgeWindow({ begun, deadlineS }: Recovery, healthyS: number): Check {
  const took = seconds(healthyS - begun.s);
  if (healthyS <= deadlineS) return pass(id, `healthy ${took} of sandbox time after recovery began, and from then on`);
  return fail(id, [
    { message: `healthy only ${took} of sandbox time after recovery began, ${seconds(healthyS - deadlineS)} too late` },
  ]);
}

function judgeFailure({ plan, treatment, rules }: ScenarioContext, { outcome, until, deadlineS }: Recovery): Check {
  if (outcome.window) throw new Error('a window was found');
  const { complaint, longestMs } = outcome;
  // Where every moment was healthy for long enough, it is the complaint about them all that counts.
  const tooShort = longestMs > 0 && longestMs < rules.sustainMs;
  const best = tooShort ? `; health lasted ${seconds(longestMs)} at best, ${seconds(rules.sustainMs)} are needed` : '';
  const timedOut = treatment?.phase('settle')?.ended?.outcome === 'timed-out';
  if (!timedOut && until.s < deadlineS)
    return inconclusive(
      id,
      `not watched until the time limit of ${seconds(plan.health.withinMs)}: ${complaint.text}${best}`,
    );
  if (complaint.unknown) return inconclusive(id, `nobody knows whether it recovered: ${complaint.text}${best}`);
  const { location } = complaint;
  return fail(id, [
    {
      message: `not healthy within ${seconds(plan.health.withinMs)}: ${complaint.text}${best}`,
      ...(location ? { location } : {}),
    },
  ]);
}

/** Whether the record goes dark before its end: Redis gone, or no sample any more. */
function blindness({ treatment, rules }: ScenarioContext, { until }: Recovery): string | undefined {
  const seen = treatment?.timeline.moments.filter(({ t }) => t <= until.t) ?? [];
  const last = seen.at(-1);
  if (last && !last.redisUp)
    return `when it was to be judged, ${complaintAt(last, rules)?.text ?? 'Redis did not answer'}`;
  const lastSample = seen.findLast(({ sampled }) => sampled);
  if (!lastSample) return 'nothing was sampled';
  const dark = until.s - lastSample.s;
  return dark > rules.gapLimitMs
    ? `the queues were not sampled in the last ${seconds(dark)} of sandbox time`
    : undefined;
}
