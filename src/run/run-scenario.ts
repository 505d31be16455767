import type { Arm, RunStarted } from '../history/events.ts';
import type { HistoryWriter } from '../history/writer.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import { ArmView } from '../verdict/arm-view.ts';
import type { Fleet } from './fleet-session.ts';
import { runArm } from './run-arm.ts';
import type { VerifyOptions } from './verify-options.ts';

/** Past BullMQ's own self-healing: a lock of 30 s and a stalled check every 30 s, with a margin. Sandbox time. */
const selfHealingMs = 90_000;
/** The last sample comes a little before the end of the watch. Sandbox time. */
const holdMarginMs = 10_000;

/** The treatment arm of a scenario, and if it recovered the control arm, watched for at least as long. */
export async function runScenario(
  options: VerifyOptions,
  run: RunStarted,
  history: HistoryWriter,
  fleet: Fleet,
  scenario: BoundScenario,
  index: number,
): Promise<void> {
  const arm = async (name: Arm, holdMs?: number) => {
    const view = new ArmView(run, scenario.plan);
    let brokenSince: number | undefined;
    const unsubscribe = history.subscribe((event) => {
      view.apply(event);
      if (event.type === 'fault.proved') brokenSince = event.s;
    });
    try {
      await runArm({
        arm: name,
        scenario,
        fleet,
        view,
        emit: (event) => history.emit(event, { scenario: scenario.plan.id, arm: name }),
        signal: options.signal,
        hurry: options.hurry,
        seed: options.seed + index,
        idPrefix: `${scenario.plan.id}-${name}`,
        castDir: options.reportDir,
        projectDir: options.project.directory,
        ...(holdMs === undefined ? {} : { holdMs }),
      });
    } finally {
      unsubscribe();
    }
    const healthySince = view.healthySince();
    const brokenForMs = brokenSince === undefined || healthySince === undefined ? 0 : healthySince - brokenSince;
    return { recovered: healthySince !== undefined, brokenForMs };
  };
  const treatment = await arm('treatment');
  if (scenario.plan.control.enabled && treatment.recovered)
    await arm('control', Math.max(selfHealingMs, treatment.brokenForMs) + holdMarginMs);
}
