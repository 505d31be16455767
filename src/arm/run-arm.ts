import type { InjectedFault } from '../faults/fault.ts';
import { injectFault, summariseFault } from '../faults/faults.ts';
import { Cleanup } from '../kernel/disposal.ts';
import { formatError } from '../kernel/errors.ts';
import { pollUntil, waitOut } from '../kernel/poll-until.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import { watchContainers, type ContainerWatch } from '../telemetry/watch-containers.ts';
import { watchPressure } from '../telemetry/watch-pressure.ts';
import type { Load } from '../workload/generate-load.ts';
import { accountJobs, recordSettings } from './account-jobs.ts';
import { addBurst } from './add-burst.ts';
import { holdAll, leastDetectMs, limits, startWithinMs, type ArmOptions, type ArmParts } from './arm-context.ts';
import { faultTarget, resetFleet, startLoad, startWatch } from './fleet-session.ts';
import { runPhase } from './phase.ts';
import { runSteps } from './run-steps.ts';
import { interruptRecovery, repeatRecovery, settle } from './settle.ts';

/** Real time: how long healing may take. */
const healWithinMs = 90_000;
const healHurriedMs = 5000;

/**
 * One arm of a scenario: reset, baseline, (fault, recovery or waiting | maintenance), settle, account. Whatever happens,
 * the load ends, the fault is healed and the watchers stop.
 * @returns whether the fleet came to a steady state; if it did not, nothing was done to it
 */
export async function runArm(options: ArmOptions): Promise<boolean> {
  const { scenario, fleet, view, emit, signal } = options;
  const { clock } = fleet.sandbox;
  const cleanup = new Cleanup(options.hurry);
  const phase: ArmParts['phase'] = (name, withinMs, work) => runPhase(name, withinMs, emit, signal, work);
  const until: ArmParts['until'] = (what, withinSandboxMs, probe) =>
    pollUntil(probe, { what, withinMs: clock.toRealMs(withinSandboxMs), everyMs: 50, signal });
  let load: Load | undefined;
  let containers: ContainerWatch | undefined;

  emit({ type: 'arm.started' });
  try {
    await phase('start', startWithinMs, async (within) => {
      // Nothing that an earlier procedure left running may act in this arm, nor on its reset.
      await fleet.sandbox.operator.remove();
      for (const message of await resetFleet(fleet, within, scenario.fresh)) emit({ type: 'note', message });
      await fleet.sandbox.operator.ensure();
      const wall = await fleet.sandbox.openWall((event) => emit({ type: 'wall', ...event }));
      cleanup.add('closing the wall', 5000, () => wall.close());
      const watch = startWatch(fleet, emit);
      cleanup.add('stopping the queue sampler', 10_000, () => watch.stop());
      const watched = watchContainers(fleet.sandbox, emit);
      cleanup.add('stopping the container watch', 10_000, () => watched.stop());
      containers = watched;
      const pressure = watchPressure(emit);
      cleanup.add('stopping the watch of the CPUs', 1000, () => pressure.stop());
      const started = await startLoad(fleet, options.idPrefix, options.seed, emit);
      cleanup.add('stopping the load', 10_000, () => started.stop());
      load = started;
    });
    if (!load || !containers) return false;
    view.mark();
    const baseline = await phase('baseline', clock.toRealMs(limits.baseline), () =>
      until('a steady state', limits.baseline, () => view.isSteady()).then(() => undefined),
    );
    if (baseline === 'timed-out') return false;
    if (options.arm === 'treatment') await recordSettings(options, 'before');
    const parts: ArmParts = { ...options, cleanup, load, containers, phase, until };
    if (scenario.fault) await breakAndMend(parts, scenario.fault);
    else await maintain(parts);
    if (options.arm === 'treatment' && !options.isDecided()) await accountJobs(parts);
    return true;
  } finally {
    const errors = await cleanup.run();
    for (const error of errors) emit({ type: 'note', message: error.message });
    emit({ type: 'arm.ended' });
  }
}

async function breakAndMend(parts: ArmParts, fault: NonNullable<BoundScenario['fault']>): Promise<void> {
  const { fleet, scenario, view, emit, phase, until, cleanup } = parts;
  const { clock } = fleet.sandbox;
  const { mendedAfterMs = 0 } = scenario.plan;
  let brokenSinceS: number | undefined;
  const healing = `healing ${fault.kind}`;
  await phase('inject', Math.max(30_000, clock.toRealMs(limits.inject)), async (within) => {
    emit({ type: 'fault.injecting', kind: fault.kind, summary: summariseFault(fault) });
    const injected = await tryToInject(parts, fault, within);
    if (!injected) return;
    const heal = async (): Promise<void> => {
      try {
        await injected.heal();
        emit({ type: 'fault.healed', kind: fault.kind, healed: true });
      } catch (error) {
        emit({ type: 'fault.healed', kind: fault.kind, healed: false, message: String(error) });
        throw error;
      }
    };
    cleanup.add(healing, healWithinMs, heal, healHurriedMs);
    if (injected.proof.bit) brokenSinceS = clock.now();
    emit({ type: 'fault.proved', kind: fault.kind, ...injected.proof });
    if (injected.proof.bit) await addBurst(parts, within);
  });
  if (brokenSinceS === undefined) return;
  const mendAtS = brokenSinceS + mendedAfterMs;
  /** Somebody else mends what broke; what it left behind stays. */
  const mend = async (within: AbortSignal): Promise<void> => {
    if (scenario.plan.mendedAfterMs === undefined) return;
    await waitOut(clock.toRealMs(mendAtS - clock.now()), within);
    await cleanup.runNow(healing);
  };
  view.mark();
  // Until the recovery begins both arms go the same way: what a diagnosis cures, no recovery can claim.
  const detectMs = Math.max(limits.detect, clock.toSandboxMs(leastDetectMs));
  await phase('detect', clock.toRealMs(detectMs) + 1000, async () => {
    // What became of the containers was seen before the mark, and may not change any more.
    await parts.containers.tell();
    await until('every symptom', detectMs, () => holdAll(parts, scenario.plan.symptoms));
  });
  await phase('diagnose', startWithinMs * 4 + clock.toRealMs(mendedAfterMs), async (within) => {
    await runSteps(parts, scenario.diagnosis, 'diagnosis', within);
    await mend(within);
  });
  if (parts.arm === 'control') {
    await leaveBroken(parts, brokenSinceS);
    return;
  }
  if (parts.isDecided()) return;
  view.mark();
  await phase('recover', startWithinMs * 8, (within) => runSteps(parts, scenario.recovery, 'recovery', within));
  if (parts.isDecided()) return;
  await settle(parts);
  // What removes jobs is not for doing twice.
  if (scenario.plan.repeat && scenario.plan.jobs.removed === 0 && view.isHealthy()) await repeatRecovery(parts);
}

/** What is done instead of the recovery, if anything, and then nothing, for as long as the recovery may have needed. */
async function leaveBroken(parts: ArmParts, brokenSinceS: number): Promise<void> {
  const { fleet, scenario, view, phase, until, watch } = parts;
  if (!watch) throw new Error('a control arm is told for how long it is watched');
  const { clock } = fleet.sandbox;
  const { sustainMs } = scenario.plan.health;
  const untilS = Math.max(brokenSinceS + watch.sinceFaultMs, clock.now() + watch.sinceRecoveryMs);
  await phase('recover', startWithinMs * 4, (within) => runSteps(parts, scenario.instead, 'placebo', within));
  const leftMs = Math.max(0, untilS - clock.now());
  await phase('settle', clock.toRealMs(leftMs + sustainMs * 3) * 2 + 10_000, async (within) => {
    await waitOut(clock.toRealMs(leftMs), within);
    // What looked well only now may have healed by itself, or have been well for a moment.
    await until('whether it stays well', sustainMs * 3, () => !view.mayRecover());
  });
  if (parts.cutAfterMs !== undefined) await interruptRecovery(parts, parts.cutAfterMs);
}

/** A fault that cannot be injected (the engine refuses it, say) has not bitten; the scenario is inconclusive, and the others go on. */
async function tryToInject(
  { fleet, load, scenario, emit }: ArmParts,
  fault: NonNullable<BoundScenario['fault']>,
  within: AbortSignal,
): Promise<InjectedFault | undefined> {
  try {
    return await injectFault(fault, faultTarget(fleet, load, scenario.faultQueues), within);
  } catch (error) {
    if (within.aborted) throw error;
    emit({
      type: 'fault.proved',
      kind: fault.kind,
      bit: false,
      evidence: `it could not be injected: ${formatError(error)}`,
    });
    return undefined;
  }
}

/** Blocks that read only, and blocks that act on a healthy fleet and must leave it healthy. */
async function maintain(parts: ArmParts): Promise<void> {
  const { scenario, view, phase } = parts;
  await phase('diagnose', startWithinMs * 4, async (within) => {
    await addBurst(parts, within);
    await runSteps(parts, scenario.diagnosis, 'diagnosis', within);
  });
  if (scenario.maintenance.length === 0) return;
  view.mark();
  await phase('recover', startWithinMs * 8, (within) => runSteps(parts, scenario.maintenance, 'maintenance', within));
  if (parts.isDecided()) return;
  await settle(parts);
}
