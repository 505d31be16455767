import type { ArmOptions } from '../arm/arm-context.ts';
import type { Fleet } from '../arm/fleet-session.ts';
import { runArm } from '../arm/run-arm.ts';
import type { Arm, HistoryEvent } from '../history/events.ts';
import { ArmRecord } from '../record/arm-record.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import { ArmView } from '../verdict/arm-view.ts';
import { seedOf } from '../workload/random.ts';
import type { RunContext } from './run-context.ts';

/** One arm, as its events show it. */
export interface RecordedArm {
  readonly record: ArmRecord;
  /** Every event of a control arm that may be kept for later runs; otherwise empty. */
  readonly events: readonly HistoryEvent[];
  /** False if the fleet reached no steady state; then nothing was done to it. */
  readonly steady: boolean;
  /** Sandbox instant at which the fault was tried and looked for; undefined without a fault. */
  readonly brokenSince: number | undefined;
  /** Sandbox instant at which lasting health began. */
  readonly healthySince: number | undefined;
}

export interface RecordArmOptions extends Pick<ArmOptions, 'watch' | 'cutAfterMs' | 'responder'> {
  /** Whether the rest of the arm can be skipped, by what is recorded of it. */
  readonly isDecided: (record: ArmRecord) => boolean;
}

/** Runs one arm and collects its events, as the judge will read them later. */
export async function recordArm(
  { options, run, history, metrics, controls }: RunContext,
  fleet: Fleet,
  scenario: BoundScenario,
  arm: Arm,
  { isDecided, ...more }: RecordArmOptions,
): Promise<RecordedArm> {
  const { plan } = scenario;
  const { clock } = fleet.sandbox;
  const view = new ArmView(run, plan);
  const record = new ArmRecord(plan.jobs.inOrder);
  const events: HistoryEvent[] = [];
  const isKept = arm === 'control' && controls !== undefined;
  let brokenSince: number | undefined;
  const unsubscribe = history.subscribe((event) => {
    if (event.scenario !== plan.id || event.arm !== arm) return;
    view.apply(event);
    record.push(event);
    if (isKept) events.push(event);
    if (event.type === 'fault.proved') brokenSince = event.s;
  });
  try {
    const steady = await runArm({
      arm,
      scenario,
      fleet,
      view,
      emit: (event) => history.emit(event, { scenario: plan.id, arm, clock }),
      metrics: metrics.stretch({ scenario: plan.id, arm }),
      signal: options.signal,
      hurry: options.hurry,
      seed: seedOf(options.seed, plan.id),
      castPrefix: `${plan.id}-${arm}`,
      castDir: options.reportDir,
      redaction: options.redaction,
      projectDir: options.project.directory,
      isDecided: () => isDecided(record),
      hold: options.hold,
      intensityAt: options.intensityAt,
      ...more,
    });
    return { record, events, steady, brokenSince, healthySince: view.healthySince() };
  } finally {
    unsubscribe();
  }
}
