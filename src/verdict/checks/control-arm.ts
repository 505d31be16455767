import type { ArmRecord, Instant } from '../../record/arm-record.ts';
import { requiredSinceRecovery } from '../control-watch.ts';
import { busyBetween } from '../cpu-pressure.ts';
import { complaintAt, type HealthRules } from '../health.ts';
import { findRecovery, recoveryEnd, recoveryStart, watchEnd } from '../recovery.ts';
import type { Check } from '../run-report.ts';
import { findSustained, lately, sinceWellMs, wellForMs } from '../sustained.ts';
import type { Moment } from '../../record/timeline.ts';
import { fail, inconclusive, pass, seconds, type ScenarioContext } from './check.ts';
import { premiseProblem } from './preconditions.ts';

const id = 'control-arm';

/**
 * Recovery is due to the procedure: the same fault and the same diagnosis without it must still be broken after at least the time that the
 * treatment needed, from the fault to lasting health, and after more than that from the beginning of the recovery.
 */
export function checkControlArm(context: ScenarioContext): Check {
  const { plan, control } = context;
  if (!plan.control.enabled)
    return inconclusive(
      id,
      'the scenario switches its control arm off, so nothing shows that recovery is due to the procedure',
    );
  if (!control?.started)
    return inconclusive(
      id,
      'the control arm was not run: where the procedure does not pass, there is nothing to compare',
    );
  const problem = premiseProblem(context, control);
  if (problem !== undefined || !control.proved)
    return inconclusive(id, `the control arm shows nothing: ${problem ?? 'its fault was not proved'}`);
  if (!allRan(plan.diagnosis, control))
    return inconclusive(id, 'the diagnosis was not run in the control arm, so that it may be what cures');
  if (!allRan(plan.control.instead, control))
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
  const required = requiredWatch(context);
  if (!required) return inconclusive(id, 'there is no recovery to compare the control arm with');
  const watchedMs = lastSample.s - fault.s;
  const begun = control.phase('recover')?.started ?? fault;
  for (const [watched, needed, since] of [
    [watchedMs, required.sinceFaultMs, 'since the fault'],
    [lastSample.s - begun.s, required.sinceRecoveryMs, 'since the recovery would have begun'],
  ] as const)
    if (watched < needed)
      return inconclusive(
        id,
        `the control arm was watched for ${seconds(watched)} of sandbox time ${since}; after the treatment, ${seconds(needed)} are needed`,
      );
  const doubt = mayHaveRecovered(
    seen.filter(({ t }) => t >= fault.t),
    rules,
  );
  if (doubt !== undefined) return inconclusive(id, doubt);
  const busy = busyBetween(control, begun.t, lastSample.t);
  if (busy !== undefined)
    return inconclusive(id, `${busy} while the control arm was watched; what cures may only have been slower in it`);
  const { recalled } = control;
  const when = recalled ? ` (recorded on ${recalled.recordedAt}, in run ${recalled.run})` : '';
  return pass(
    id,
    `without the procedure still broken ${seconds(watchedMs)} of sandbox time after the fault: ${healed.complaint.text}${when}`,
  );
}

/**
 * Why nobody knows whether an arm without lasting health was about to recover; undefined where it was not. What looks well at each moment for
 * twice as long as it has to, and is not well as a whole all the same (too little is done, say), is not.
 */
function mayHaveRecovered(moments: readonly Moment[], rules: HealthRules): string | undefined {
  const sinceMs = sinceWellMs(moments, rules);
  if (sinceMs === undefined || sinceMs >= lately(rules)) return undefined;
  const wellMs = wellForMs(moments, rules);
  if (wellMs === undefined)
    return `the control arm looked well ${seconds(sinceMs)} before it ended; whether it was about to recover is not known`;
  return wellMs < rules.sustainMs * 2
    ? `the control arm looked well when it ended, for ${seconds(wellMs)}; whether that would have lasted is not known`
    : undefined;
}

/** By what the treatment took to lasting health, or to the procedure's end where health never came; sandbox ms. */
function requiredWatch({ run, treatment, rules, plan }: ScenarioContext) {
  if (!treatment?.proved) return undefined;
  const healthy = findRecovery(treatment, rules, plan.health)?.outcome.window?.start ?? recoveryEnd(treatment);
  if (!healthy) return undefined;
  return {
    sinceFaultMs: Math.max(healthy.s - treatment.proved.s, rules.sustainMs),
    sinceRecoveryMs: requiredSinceRecovery(healthy.s - (recoveryStart(treatment) ?? treatment.proved).s, { run, plan }),
  };
}

/** Whether each of these blocks ran to its end. */
function allRan(steps: ScenarioContext['plan']['diagnosis'], control: ArmRecord): boolean {
  const ran = control.procedures.filter(({ ended }) => ended?.ended === 'exited').map(({ started }) => started.address);
  return steps.every(({ address }) => ran.includes(address));
}
