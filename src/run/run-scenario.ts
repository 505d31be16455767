/**
 * One scenario in one sandbox.
 *
 * 1. The treatment arm: break the fleet, run the runbook's recovery, watch, account for the jobs (run-arm.ts).
 * 2. The control arm, if there is a recovery to explain: the same fault without the recovery must stay broken.
 *    There is none if the fleet did not recover or a check failed: nothing that it shows could change the verdict.
 * 3. A recorded control arm of an earlier run stands in for a new one if only the recovery has changed since.
 *
 * The verdict is computed later, from the history (judge.ts). The same checks are asked here only to save time.
 */
import type { Fleet } from '../arm/fleet-session.ts';
import type { Arm } from '../history/events.ts';
import { formatError } from '../kernel/errors.ts';
import { ArmRecord } from '../record/arm-record.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import { entryOf } from '../verdict/checks/checks.ts';
import { judgeScenario } from '../verdict/judge-scenario.ts';
import { recoveryStart } from '../verdict/recovery.ts';
import type { Check } from '../verdict/run-report.ts';
import { planCut, planWatch, type TreatmentTimes } from './plan-control.ts';
import { recordArm, type RecordedArm } from './record-arm.ts';
import type { RecordedControls } from './reuse/recorded-controls.ts';
import type { RunContext } from './run-context.ts';

/** @returns the arm in which the fleet reached no steady state; undefined if every arm did */
export async function runScenario(
  context: RunContext,
  fleet: Fleet,
  scenario: BoundScenario,
): Promise<Arm | undefined> {
  const { options, run } = context;
  const { plan } = scenario;
  const isDecided = (record: ArmRecord): boolean =>
    options.stopAtFailure === true && failures(context, scenario, record).some(({ id }) => entryOf(id)?.final);
  const treatment = await recordArm(context, fleet, scenario, 'treatment', { isDecided });
  if (!treatment.steady) return 'treatment';
  if (options.hold) return undefined;
  const times = timesToCompare(context, scenario, treatment);
  if (!times) return undefined;
  // With `repeat` the control arm ends with an interrupted recovery, so a recorded one cannot stand in for it.
  const controls = plan.repeat ? undefined : context.controls;
  if (controls && (await recallControl(context, controls, scenario, treatment))) return undefined;
  const control = await recordArm(context, fleet, scenario, 'control', {
    isDecided,
    watch: planWatch(times, run, plan),
    ...(plan.repeat ? { cutAfterMs: planCut(treatment.record) } : {}),
  });
  if (!control.steady) return 'control';
  if (controls && explains(context, scenario, treatment.record, control.record))
    await orNote(context, controls.keep(scenario, control.events));
  return undefined;
}

/** The times that a control arm is measured against; undefined if it would change nothing. */
function timesToCompare(
  context: RunContext,
  scenario: BoundScenario,
  { record, brokenSince, healthySince }: RecordedArm,
): TreatmentTimes | undefined {
  if (!scenario.plan.control.enabled || brokenSince === undefined || healthySince === undefined) return undefined;
  if (failures(context, scenario, record).length > 0) return undefined;
  return { brokenSince, healthySince, recoveryBegan: recoveryStart(record)?.s ?? brokenSince };
}

/**
 * Records the control arm of an earlier run in place of a new one. @returns whether there is one that explains the
 * recovery
 */
async function recallControl(
  context: RunContext,
  controls: RecordedControls,
  scenario: BoundScenario,
  treatment: RecordedArm,
): Promise<boolean> {
  const { plan } = scenario;
  const recalled = await orNote(context, controls.recall(scenario));
  if (!recalled) return false;
  if (!explains(context, scenario, treatment.record, ArmRecord.recall(recalled, plan.jobs.inOrder))) return false;
  context.history.emit(recalled, { scenario: plan.id, arm: 'control' });
  return true;
}

/** The checks that the treatment arm alone has failed. */
function failures({ run }: RunContext, { plan }: BoundScenario, treatment: ArmRecord): readonly Check[] {
  return judgeScenario(run, { plan, arms: { treatment } }).checks.filter(({ verdict }) => verdict === 'fail');
}

/** Whether the control arm shows that the treatment arm recovered because of the procedure. */
function explains({ run }: RunContext, { plan }: BoundScenario, treatment: ArmRecord, control: ArmRecord): boolean {
  return judgeScenario(run, { plan, arms: { treatment, control } }).checks.every(
    ({ id, verdict }) => verdict === 'pass' || !entryOf(id)?.about.includes('control'),
  );
}

/** A recorded control arm only saves time. If it cannot be read or kept, a note says so and the run goes on. */
async function orNote<T>({ history }: RunContext, work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    history.emit({ type: 'note', message: formatError(error) });
    return undefined;
  });
}
