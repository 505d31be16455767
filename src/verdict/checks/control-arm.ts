import type { ArmRecord, Instant } from '../arm-record.ts';
import { complaintAt } from '../health.ts';
import { findRecovery, recoveryEnd, watchEnd } from '../recovery.ts';
import type { Check } from '../run-report.ts';
import { findSustained } from '../sustained.ts';
import { fail, inconclusive, pass, seconds, type ScenarioContext } from './check.ts';
import { premiseProblem } from './premises.ts';

const id = 'control-arm';

/**
 * Recovery is due to the procedure: the same fault without it must still be there after at least the time that the
 * treatment needed, from the fault to lasting health.
 */
export function checkControlArm(context: ScenarioContext): Check {
  const { plan, control } = context;
  if (!plan.control.enabled)
    return inconclusive(
      id,
      'the scenario switches its control arm off, so nothing shows that recovery is due to the procedure',
    );
  if (!control?.started)
    return inconclusive(id, 'the control arm was not run: where the procedure fails, there is nothing to compare');
  const problem = premiseProblem(context, control);
  if (problem !== undefined || !control.proved)
    return inconclusive(id, `the control arm shows nothing: ${problem ?? 'its fault was not proved'}`);
  if (!placebosRan(context, control))
    return inconclusive(id, 'what was to be done instead of the procedure was not done');
  const until = watchEnd(control);
  if (!until) return inconclusive(id, 'the control arm was not watched');
  return judgeControl(context, control, control.proved, until);
}

function judgeControl(context: ScenarioContext, control: ArmRecord, fault: Instant, until: Instant): Check {
  const { rules } = context;
  const moments = control.timeline.moments;
  const healed = findSustained(moments, rules, { fromT: fault.t, untilT: until.t, lastingUntil: fault.s });
  if (healed.window) {
    const after = seconds(healed.window.start.s - fault.s);
    return fail(id, [
      {
        message: `recovery is due to the procedure: not shown, for without it the fleet was healthy again ${after} after the fault`,
      },
    ]);
  }
  const seen = moments.filter(({ t }) => t <= until.t);
  const last = seen.at(-1);
  const lastSample = seen.findLast(({ sampled }) => sampled);
  const atEnd = last && complaintAt(last, rules);
  if (!lastSample || atEnd?.unknown || until.s - lastSample.s > rules.gapLimitMs) {
    return inconclusive(
      id,
      `how the control arm ended is not known: ${atEnd?.text ?? 'it was not sampled to its end'}`,
    );
  }
  const [watchedMs, requiredMs] = [lastSample.s - fault.s, requiredWatch(context)];
  if (requiredMs === undefined) return inconclusive(id, 'there is no recovery to compare the control arm with');
  if (watchedMs < requiredMs) {
    return inconclusive(
      id,
      `the control arm was watched for ${seconds(watchedMs)} of sandbox time, the treatment took ${seconds(requiredMs)}`,
    );
  }
  return pass(
    id,
    `without the procedure still broken ${seconds(watchedMs)} of sandbox time after the fault: ${healed.complaint.text}`,
  );
}

/** From the treatment's fault to lasting health, or to the procedure's end where health never came; sandbox ms. */
function requiredWatch({ treatment, rules, plan }: ScenarioContext): number | undefined {
  if (!treatment?.proved) return undefined;
  const healthy = findRecovery(treatment, rules, plan.health)?.outcome.window?.start ?? recoveryEnd(treatment);
  return healthy && Math.max(healthy.s - treatment.proved.s, rules.sustainMs);
}

function placebosRan({ plan }: ScenarioContext, control: ArmRecord): boolean {
  const ran = control.procedures.filter(({ ended }) => ended?.ended === 'exited').map(({ started }) => started.address);
  return plan.control.instead.every(({ address }) => ran.includes(address));
}
