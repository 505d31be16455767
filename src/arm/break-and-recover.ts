import { defined } from '../kernel/defined.ts';
import type { InjectedFault } from '../faults/fault.ts';
import { injectFault, summariseFault } from '../faults/faults.ts';
import { formatError } from '../kernel/errors.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import { addBurst } from './add-burst.ts';
import { holdAll, type ArmContext } from './arm-context.ts';
import { faultTarget } from './fleet-session.ts';
import { detectAllowance } from './phase-limits.ts';
import { runSteps } from './run-steps.ts';
import { repeatRecovery, settle } from './settle.ts';
import { watchControl } from './watch-control.ts';

type FaultSpec = NonNullable<BoundScenario['fault']>;

const healWithinMs = 90_000;
const healHurriedMs = 5000;

export interface Broken {
  /** Sandbox instant at which the fault was seen to take effect. */
  readonly sinceS: number;
  readonly heal: () => Promise<void>;
}

/**
 * The phases from `inject` on. Both arms go the same way until the recovery begins, so a fault that the diagnosis or
 * time cures is cured in the control arm as well, and no recovery can claim it.
 */
export async function breakAndRecover(context: ArmContext, fault: FaultSpec): Promise<void> {
  const { arm, scenario, view, isDecided } = context;
  const broken = await inject(context, fault);
  if (!broken) return;
  view.mark();
  await detect(context);
  await diagnose(context, broken);
  if (arm === 'control') {
    await watchControl(context, broken.sinceS);
    return;
  }
  if (isDecided()) return;
  await hold(context, broken.sinceS);
  view.mark();
  await context.phase('recover', (within) => runSteps(context, scenario.recovery, 'recovery', within));
  if (isDecided()) return;
  await settle(context);
  // A recovery that removes jobs is not meant to run twice.
  if (scenario.plan.repeat && scenario.plan.jobs.removed === 0 && view.isHealthy()) await repeatRecovery(context);
}

/** Lets the fault last, so that alert rules with a long `for` can fire. */
async function hold({ fleet, hold: wanted, signal }: ArmContext, brokenSinceS: number): Promise<void> {
  if (wanted) await fleet.sandbox.clock.waitUntil(brokenSinceS + wanted.brokenMs, signal);
}

/** @returns undefined if the fault took no effect; the verdict then says so, and the arm ends */
export async function inject(context: ArmContext, fault: FaultSpec): Promise<Broken | undefined> {
  const { fleet, emit, phase, cleanup } = context;
  const { kind } = fault;
  let broken: Broken | undefined;
  await phase('inject', async (within) => {
    emit({ type: 'fault.injecting', kind, summary: summariseFault(fault) });
    const injected = await tryToInject(context, fault, within);
    if (!injected) return;
    const undo = (): Promise<void> => heal(context, kind, injected);
    const healing = cleanup.add(`healing ${kind}`, healWithinMs, undo, healHurriedMs);
    const { proof } = injected;
    if (proof.tookEffect) broken = { sinceS: fleet.sandbox.clock.now(), heal: () => healing.now() };
    const { tookEffect: bit, evidence, gone } = proof;
    emit({ type: 'fault.proved', kind, bit, evidence, ...defined({ gone }) });
    if (proof.tookEffect) await addBurst(context, within);
  });
  return broken;
}

/**
 * A fault that cannot be injected (the engine refuses it, say) makes its scenario inconclusive. Other scenarios go on.
 */
async function tryToInject(
  { fleet, load, scenario, emit }: ArmContext,
  fault: FaultSpec,
  within: AbortSignal,
): Promise<InjectedFault | undefined> {
  try {
    return await injectFault(fault, faultTarget(fleet, load, scenario.faultQueues), within);
  } catch (error) {
    if (within.aborted) throw error;
    const evidence = `it could not be injected: ${formatError(error)}`;
    emit({ type: 'fault.proved', kind: fault.kind, bit: false, evidence });
    return undefined;
  }
}

async function heal({ emit }: ArmContext, kind: FaultSpec['kind'], injected: InjectedFault): Promise<void> {
  try {
    await injected.heal();
    emit({ type: 'fault.healed', kind, healed: true });
  } catch (error) {
    emit({ type: 'fault.healed', kind, healed: false, message: String(error) });
    throw error;
  }
}

async function detect(context: ArmContext): Promise<void> {
  const { scenario, containers, phase, until } = context;
  await phase('detect', async () => {
    // The containers may have changed for the last time before the mark: record them again, so that symptoms see them.
    await containers.record();
    await until('every symptom', detectAllowance, () => holdAll(context, scenario.plan.symptoms));
  });
}

/**
 * The diagnosis, and then, if the scenario has `mendedAfter`, the healing of the fault. What the fault left behind
 * stays.
 */
async function diagnose(context: ArmContext, broken: Broken): Promise<void> {
  const { fleet, scenario, phase } = context;
  const { mendedAfterMs } = scenario.plan;
  await phase('diagnose', async (within) => {
    await runSteps(context, scenario.diagnosis, 'diagnosis', within);
    if (mendedAfterMs === undefined) return;
    await fleet.sandbox.clock.waitUntil(broken.sinceS + mendedAfterMs, within);
    await broken.heal();
  });
}
