import { seconds } from '../../kernel/words.ts';
import type { ArmRecord, Instant } from '../../record/arm-record.ts';
import type { Moment } from '../../record/timeline.ts';
import { requiredSinceRecovery } from '../control-watch.ts';
import { busyBetween } from '../../record/cpu-pressure.ts';
import { complaintAt, isGap, isKnownDown, type HealthRules } from '../health.ts';
import { findRecovery, recoveryEnd, recoveryStart, watchEnd } from '../recovery.ts';
import type { Check } from '../run-report.ts';
import { findSustained, lately, sinceWellMs, wellForMs } from '../sustained.ts';
import { fail, inconclusive, pass, type ScenarioCheck, type ScenarioContext } from './check.ts';
import { premiseProblem } from './premises.ts';

const id = 'control-arm';

/**
 * Recovery must be due to the procedure: with the same fault and the same diagnosis but without the procedure, the
 * fleet
 * must stay broken. The control arm must be watched
 *
 * - from the fault, at least as long as the treatment needed from the fault to lasting health,
 * - from the beginning of the recovery, longer than the treatment needed from there.
 */
export const controlArm: ScenarioCheck = {
  id,
  about: ['control'],
  appliesTo: ({ recovery }) => recovery.length > 0,
  run(context) {
    const { plan, control } = context;
    if (!plan.control.enabled)
      return inconclusive(
        id,
        'the scenario switches its control arm off, so nothing shows that recovery is due to the procedure',
      );
    if (!control?.started)
      return inconclusive(
        id,
        'the control arm was not run: if the procedure does not pass, there is nothing to compare',
      );
    const problem = premiseProblem(context, control);
    if (problem !== undefined || !control.proved)
      return inconclusive(id, `the control arm shows nothing: ${problem ?? 'its fault was not proved'}`);
    if (!allRan(plan.diagnosis, control))
      return inconclusive(id, 'the diagnosis was not run in the control arm, so the diagnosis may be what cures');
    if (!allRan(plan.control.instead, control))
      return inconclusive(id, 'the lesser remedy (`control.instead`) was not run in the control arm');
    const until = watchEnd(control);
    if (!until) return inconclusive(id, 'the control arm was not watched');
    return judgeControl(context, control, { fault: control.proved, until });
  },
};

/** When the control arm was watched. */
interface Watch {
  readonly fault: Instant;
  readonly until: Instant;
}

function judgeControl(context: ScenarioContext, control: ArmRecord, watch: Watch): Check {
  const { fault, until } = watch;
  const { moments } = control.timeline;
  const search = { fromT: fault.t, untilT: until.t, lastingUntil: fault.s };
  const healed = findSustained(moments, context.rules, search);
  if (healed.window) {
    const after = seconds(healed.window.start.s - fault.s);
    const message = `recovery is not shown to be due to the procedure: without it the fleet was healthy again ${after} after the fault`;
    return fail(id, [{ message }]);
  }
  const seen = seenUntil(until, moments, context.rules);
  const lastSample = seen.findLast(({ sampled }) => sampled);
  if (!lastSample) return inconclusive(id, 'the control arm was not sampled');
  const sinceFault = seen.filter(({ t }) => t >= fault.t);
  const sampled = { fault, until: lastSample };
  const doubt =
    unknownEnd(context, seen, watch) ??
    tooShort(context, control, sampled) ??
    mayHaveRecovered(sinceFault, context.rules) ??
    tooBusy(control, sampled);
  if (doubt !== undefined) return inconclusive(id, doubt);
  const { recalled } = control;
  const when = recalled ? ` (recorded on ${recalled.recordedAt}, in run ${recalled.run})` : '';
  const watched = seconds(lastSample.s - fault.s);
  return pass(
    id,
    `without the procedure still broken ${watched} of sandbox time after the fault: ${healed.complaint.text}${when}`,
  );
}

/**
 * The moments up to the end of the watch. A service that is down is recorded again only when that changes. So if Redis
 * is away with it, the last moment holds until the end.
 */
function seenUntil({ t, s }: Instant, moments: readonly Moment[], rules: HealthRules): readonly Moment[] {
  const seen = moments.filter((moment) => moment.t <= t);
  const last = seen.at(-1);
  return last && isKnownDown(last, rules) ? [...seen, { ...last, t, s, sampled: true }] : seen;
}

/** Why the arm's last state is not known. */
function unknownEnd({ rules }: ScenarioContext, seen: readonly Moment[], { until }: Watch): string | undefined {
  const last = seen.at(-1);
  const lastSample = seen.findLast(({ sampled }) => sampled);
  const atEnd = last && complaintAt(last, rules);
  return !lastSample || atEnd?.unknown || isGap(lastSample, until)
    ? `how the control arm ended is not known: ${atEnd?.text ?? 'it was not sampled to its end'}`
    : undefined;
}

/** Why the arm was not watched for long enough. */
function tooShort(context: ScenarioContext, control: ArmRecord, { fault, until }: Watch): string | undefined {
  const required = requiredWatch(context);
  if (!required) return 'there is no recovery to compare the control arm with';
  const begun = control.phase('recover')?.started ?? fault;
  const spans = [
    { watched: until.s - fault.s, needed: required.sinceFaultMs, since: 'since the fault' },
    { watched: until.s - begun.s, needed: required.sinceRecoveryMs, since: 'since the recovery would have begun' },
  ];
  const short = spans.find(({ watched, needed }) => watched < needed);
  return (
    short &&
    `the control arm was watched for ${seconds(short.watched)} of sandbox time ${short.since}; after the treatment, ${seconds(short.needed)} are needed`
  );
}

/** By what the treatment took to lasting health, or to the procedure's end if health never came; sandbox ms. */
function requiredWatch({ run, treatment, rules, plan }: ScenarioContext) {
  if (!treatment?.proved) return undefined;
  const healthy = findRecovery(treatment, rules, plan.health)?.outcome.window?.start ?? recoveryEnd(treatment);
  if (!healthy) return undefined;
  return {
    sinceFaultMs: Math.max(healthy.s - treatment.proved.s, rules.sustainMs),
    sinceRecoveryMs: requiredSinceRecovery(healthy.s - (recoveryStart(treatment) ?? treatment.proved).s, { run, plan }),
  };
}

/**
 * Explains why an arm without lasting health may have been about to recover, or undefined if it clearly was not. An arm
 * whose samples all looked healthy for twice `sustain`, yet never counted as healthy (too few completions, say), was
 * not recovering.
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

function tooBusy(control: ArmRecord, { fault, until }: Watch): string | undefined {
  const begun = control.phase('recover')?.started ?? fault;
  const busy = busyBetween(control, begun.t, until.t);
  return busy && `${busy} while the control arm was watched; what cures may only have been slower in it`;
}

/** Whether each of these blocks ran to its end. */
function allRan(steps: ScenarioContext['plan']['diagnosis'], control: ArmRecord): boolean {
  const ran = control.procedures.filter(({ ended }) => ended?.ended === 'exited').map(({ started }) => started.address);
  return steps.every(({ address }) => ran.includes(address));
}
