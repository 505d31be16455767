import type { Arm, HistoryEvent, RunStarted } from '../history/events.ts';
import { jobIdPrefix } from '../history/job-ids.ts';
import type { HistoryWriter } from '../history/writer.ts';
import { formatError } from '../kernel/errors.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import { ArmRecord } from '../record/arm-record.ts';
import { ArmView } from '../verdict/arm-view.ts';
import { entryOf } from '../verdict/checks/checks.ts';
import { requiredSinceRecovery } from '../verdict/control-watch.ts';
import { judgeScenario } from '../verdict/judge-scenario.ts';
import { recoveryStart } from '../verdict/recovery.ts';
import type { Check } from '../verdict/run-report.ts';
import { seedOf } from '../workload/random.ts';
import type { Fleet } from '../arm/fleet-session.ts';
import type { ArmOptions } from '../arm/arm-context.ts';
import type { RecordedControls } from './reuse/recorded-controls.ts';
import { runArm } from '../arm/run-arm.ts';
import type { VerifyOptions } from './verify-options.ts';

/**
 * Past BullMQ's own self-healing: a lock runs out after 30 s, and the stalled check that finds it comes within 30 s.
 * Sandbox time.
 */
const selfHealingMs = 65_000;
/** The last sample comes a little before the end of the watch. Sandbox time. */
const watchMarginMs = 5_000;
/**
 * The share of the treatment's time after which a recovery is cut off: done for the second time it can be half again as
 * quick.
 */
const cutAfterShare = 0.4;

/** What a scenario is recorded as part of. */
export interface RunContext {
  readonly options: VerifyOptions;
  readonly run: RunStarted;
  readonly history: HistoryWriter;
  /** Control arms of earlier runs, where those may stand in. */
  readonly controls?: RecordedControls | undefined;
}

/**
 * The treatment arm of a scenario, and the control arm, watched for at least as long. A treatment that failed is not
 * compared: what the control arm could say would change nothing.
 * @returns the arm in which the fleet came to no steady state, and nothing was done
 */
export async function runScenario(
  { options, run, history, controls }: RunContext,
  fleet: Fleet,
  scenario: BoundScenario,
): Promise<Arm | undefined> {
  const { plan } = scenario;
  const arm = async (name: Arm, more: Pick<ArmOptions, 'watch' | 'cutAfterMs'> = {}) => {
    const view = new ArmView(run, plan);
    const record = new ArmRecord(plan.jobs.inOrder);
    const events: HistoryEvent[] = [];
    let brokenSince: number | undefined;
    const unsubscribe = history.subscribe((event) => {
      if (event.scenario !== plan.id || event.arm !== name) return;
      view.apply(event);
      record.push(event);
      if (name === 'control' && controls) events.push(event);
      if (event.type === 'fault.proved') brokenSince = event.s;
    });
    let steady = false;
    try {
      steady = await runArm({
        arm: name,
        scenario,
        fleet,
        view,
        emit: (event) => history.emit(event, { scenario: plan.id, arm: name }),
        signal: options.signal,
        hurry: options.hurry,
        seed: seedOf(options.seed, plan.id),
        idPrefix: jobIdPrefix(plan.id, name),
        castDir: options.reportDir,
        projectDir: options.project.directory,
        isDecided: () => options.stopAtFailure === true && failures(record).some(({ id }) => entryOf(id)?.final),
        ...more,
      });
    } finally {
      unsubscribe();
    }
    return { record, events, steady, brokenSince, healthySince: view.healthySince() };
  };
  const failures = (treatment: ArmRecord): readonly Check[] =>
    judgeScenario(run, { plan, arms: { treatment } }).checks.filter(({ verdict }) => verdict === 'fail');
  /** Whether a control arm shows that the recovery of this treatment is due to the procedure. */
  const shows = (treatment: ArmRecord, control: ArmRecord): boolean =>
    judgeScenario(run, { plan, arms: { treatment, control } }).checks.every(
      ({ id, verdict }) => verdict === 'pass' || !entryOf(id)?.about.includes('control'),
    );
  /**
   * What is kept of control arms spares time and nothing else: where that goes wrong, the arm is run, and a note tells.
   */
  const orNote = <T>(what: Promise<T>): Promise<T | undefined> =>
    what.catch((error: unknown) => {
      history.emit({ type: 'note', message: formatError(error) });
      return undefined;
    });
  const treatment = await arm('treatment');
  if (!treatment.steady) return 'treatment';
  const { brokenSince, healthySince } = treatment;
  if (!plan.control.enabled || brokenSince === undefined || healthySince === undefined) return undefined;
  if (failures(treatment.record).length > 0) return undefined;
  // What is cut off half-way in the control arm is recovery, and needs an arm of its own.
  const mayRecall = controls && !plan.repeat;
  const recalled = mayRecall && (await orNote(controls.recall(scenario)));
  if (recalled && shows(treatment.record, ArmRecord.recall(recalled, plan.jobs.inOrder))) {
    history.emit(recalled, { scenario: plan.id, arm: 'control' });
    return undefined;
  }
  const recoveredFrom = recoveryStart(treatment.record)?.s ?? brokenSince;
  const control = await arm('control', {
    watch: {
      sinceFaultMs: Math.max(selfHealingMs, healthySince - brokenSince) + watchMarginMs,
      sinceRecoveryMs: requiredSinceRecovery(healthySince - recoveredFrom, { run, plan }) + watchMarginMs,
    },
    ...(plan.repeat ? { cutAfterMs: recoveryMs(treatment.record) * cutAfterShare } : {}),
  });
  if (!control.steady) return 'control';
  if (mayRecall && shows(treatment.record, control.record)) await orNote(controls.keep(scenario, control.events));
  return undefined;
}

/** How long the recovery procedures ran, real ms. */
function recoveryMs({ procedures }: ArmRecord): number {
  return procedures
    .filter(({ started }) => started.purpose === 'recovery')
    .reduce((sum, { ended }) => sum + (ended?.durationMs ?? 0), 0);
}
