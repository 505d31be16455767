import path from 'node:path';

import { injectFault, summariseFault } from '../faults/faults.ts';
import type { Arm, Claim, EventBody, Purpose } from '../history/events.ts';
import { Cleanup } from '../kernel/disposal.ts';
import { DeadlineError } from '../kernel/errors.ts';
import { pollUntil, waitOut } from '../kernel/poll-until.ts';
import { runProcedure } from '../operator/run-procedure.ts';
import type { BoundScenario, BoundStep } from '../scenario/bind-scenario.ts';
import { readEffects } from '../telemetry/read-effects.ts';
import { scanHeld, scanResidue } from '../telemetry/scan-residue.ts';
import { watchContainers } from '../telemetry/watch-containers.ts';
import type { Load } from '../workload/generate-load.ts';
import type { ArmView } from '../verdict/arm-view.ts';
import { faultTarget, resetFleet, startLoad, startWatch, type Fleet } from './fleet-session.ts';
import { createOperatorHost } from './operator-host.ts';
import { runPhase } from './phase.ts';

export interface ArmOptions {
  readonly arm: Arm;
  readonly scenario: BoundScenario;
  readonly fleet: Fleet;
  readonly view: ArmView;
  readonly emit: (event: EventBody) => void;
  readonly signal: AbortSignal;
  readonly hurry: AbortSignal;
  readonly seed: number;
  readonly idPrefix: string;
  readonly castDir: string;
  /** Where the runbook's commands are typed: the directory of the compose file. */
  readonly projectDir: string;
  /** Control arm: how long to watch after the fault, sandbox ms. */
  readonly holdMs?: number;
}

/** How long each phase may take at most, sandbox ms. */
const limits = { baseline: 240_000, inject: 300_000, detect: 180_000, achieve: 30_000, drain: 120_000 } as const;
/** Real time: what depends on the engine or on a person's block, not on the fleet's clock. */
const startWithinMs = 90_000;
const healWithinMs = 90_000;
const healHurriedMs = 5000;

/** What the parts of an arm share. */
interface ArmParts extends ArmOptions {
  readonly cleanup: Cleanup;
  readonly load: Load;
  /** Runs a phase between its events, at most so long, real ms. */
  readonly phase: (
    name: Parameters<typeof runPhase>[0],
    withinMs: number,
    work: (signal: AbortSignal) => Promise<void>,
  ) => Promise<'done' | 'timed-out'>;
  /** Waits until something shows in the record, at most so long, sandbox ms. */
  readonly until: (what: string, withinSandboxMs: number, probe: () => boolean) => Promise<true>;
}

/**
 * One arm of a scenario: reset, baseline, (fault, recovery or waiting | maintenance), settle, account. Whatever happens,
 * the load ends, the fault is healed and the watchers stop.
 */
export async function runArm(options: ArmOptions): Promise<void> {
  const { scenario, fleet, view, emit, signal } = options;
  const { clock } = fleet.sandbox;
  const cleanup = new Cleanup(options.hurry);
  const phase: ArmParts['phase'] = (name, withinMs, work) => runPhase(name, withinMs, emit, signal, work);
  const until: ArmParts['until'] = (what, withinSandboxMs, probe) =>
    pollUntil(probe, { what, withinMs: clock.toRealMs(withinSandboxMs), everyMs: 50, signal });
  let load: Load | undefined;

  emit({ type: 'arm.started' });
  try {
    await phase('start', startWithinMs, async (within) => {
      await resetFleet(fleet, within);
      // Nothing that an earlier procedure left running may act in this arm.
      await fleet.sandbox.operator.renew();
      const wall = await fleet.sandbox.openWall((event) => emit({ type: 'wall', ...event }));
      cleanup.add('closing the wall', 5000, () => wall.close());
      const watch = startWatch(fleet, emit);
      cleanup.add('stopping the queue sampler', 10_000, () => watch.stop());
      const containers = watchContainers(fleet.sandbox, emit);
      cleanup.add('stopping the container watch', 10_000, () => containers.stop());
      const started = await startLoad(fleet, options.idPrefix, options.seed, emit);
      cleanup.add('stopping the load', 10_000, () => started.stop());
      load = started;
    });
    if (!load) return;
    view.mark();
    const baseline = await phase('baseline', clock.toRealMs(limits.baseline), () =>
      until('a steady state', limits.baseline, () => view.isHealthy()).then(() => undefined),
    );
    if (baseline === 'timed-out') return;
    const parts: ArmParts = { ...options, cleanup, load, phase, until };
    if (scenario.fault) await breakAndMend(parts, scenario.fault);
    else await maintain(parts);
    if (options.arm === 'treatment') await account(parts);
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
    const injected = await injectFault(fault, faultTarget(fleet, parts.load, scenario.faultQueues), within);
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
    if (injected.proof.bit) for (const jobs of scenario.burst) await parts.load.add(jobs);
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
  const detect = () =>
    phase('detect', clock.toRealMs(limits.detect) + 1000, () =>
      until('every symptom', limits.detect, () => holdAll(parts, scenario.plan.symptoms)).then(() => undefined),
    );
  if (parts.arm === 'control') {
    if (scenario.plan.mendedAfterMs !== undefined) {
      // What is mended leaves behind what it did until then: both arms must have had the same of it.
      await detect();
      await phase('diagnose', startWithinMs + clock.toRealMs(mendedAfterMs), mend);
    }
    await phase('recover', startWithinMs * 4, (within) => runSteps(parts, scenario.instead, 'placebo', within));
    const { holdMs = 0 } = parts;
    await phase('settle', clock.toRealMs(holdMs * 2) + 10_000, (within) => waitOut(clock.toRealMs(holdMs), within));
    return;
  }
  await detect();
  await phase('diagnose', startWithinMs * 4 + clock.toRealMs(mendedAfterMs), async (within) => {
    await runSteps(parts, scenario.diagnosis, 'diagnosis', within);
    await mend(within);
  });
  view.mark();
  await phase('recover', startWithinMs * 8, (within) => runSteps(parts, scenario.recovery, 'recovery', within));
  await settle(parts);
}

/** Blocks that read only, and blocks that act on a healthy fleet and must leave it healthy. */
async function maintain(parts: ArmParts): Promise<void> {
  const { scenario, view, phase, load } = parts;
  await phase('diagnose', startWithinMs * 4, async (within) => {
    for (const jobs of scenario.burst) await load.add(jobs);
    await runSteps(parts, scenario.diagnosis, 'diagnosis', within);
  });
  if (scenario.maintenance.length === 0) return;
  view.mark();
  await phase('recover', startWithinMs * 8, (within) => runSteps(parts, scenario.maintenance, 'maintenance', within));
  await settle(parts);
}

/** Watches until the fleet is healthy for good, or its time is up. */
async function settle({ fleet, scenario, view, phase, until, signal }: ArmParts): Promise<void> {
  view.mustOutlast();
  const { sustainMs, withinMs } = scenario.plan.health;
  await phase('settle', fleet.sandbox.clock.toRealMs(withinMs + sustainMs) + 1000, () =>
    until('recovery', withinMs + sustainMs, () => view.isHealthy()).then(() => undefined),
  );
  signal.throwIfAborted();
}

function holdAll({ view }: ArmParts, claims: readonly Claim[]): boolean {
  return claims.every((claim) => view.holds(claim) === true);
}

async function runSteps(
  options: ArmParts,
  steps: readonly BoundStep[],
  purpose: Purpose,
  signal: AbortSignal,
): Promise<void> {
  const { fleet, emit, until } = options;
  const mayRemove = purpose !== 'diagnosis' && options.scenario.plan.jobs.removed > 0;
  for (const [index, { spec, procedure, achieves }] of steps.entries()) {
    const { skip, timeoutMs, expectExit } = procedure.annotation;
    if (skip !== undefined) {
      emit({ type: 'note', message: `${procedure.address} is not run: its annotation says "${skip}"` });
      continue;
    }
    await fleet.sandbox.operator.ensure();
    if (mayRemove) await recordHeld(options, 'before');
    emit({
      type: 'procedure.started',
      address: procedure.address,
      purpose,
      location: procedure.location,
      args: spec.args,
      ...(expectExit === undefined ? {} : { expectExit }),
    });
    const cast = `${options.idPrefix}-${purpose}-${index + 1}-${procedure.address.replaceAll(/[^a-z0-9.]+/gi, '-').replace(/-$/, '')}.cast`;
    await runProcedure(
      createOperatorHost(fleet.sandbox.operator, options.projectDir),
      {
        procedure,
        args: spec.args,
        answers: spec.answers,
        timeoutMs: fleet.sandbox.clock.toRealMs(timeoutMs ?? spec.timeout) + 15_000,
        neverEndingMs: 3000,
        clock: fleet.sandbox.clock,
        castFile: path.join(options.castDir, cast),
        signal,
      },
      emit,
    );
    if (mayRemove) await recordHeld(options, 'after');
    if (achieves.length === 0) continue;
    // What it was to achieve is judged from what is recorded after it; here that is only given the time to show.
    options.view.mark();
    await until('what the step achieves', limits.achieve, () => holdAll(options, achieves)).catch((error: unknown) => {
      if (!(error instanceof DeadlineError)) throw error;
    });
  }
}

async function recordHeld({ fleet, scenario, emit }: ArmParts, moment: 'before' | 'after'): Promise<void> {
  const { removedFrom = fleet.queueNames } = scenario.plan.jobs;
  emit(
    await scanHeld(fleet.redis, fleet.config.prefix, removedFrom, moment).catch((error: unknown) => ({
      type: 'held' as const,
      moment,
      complete: false,
      jobs: {},
      message: String(error),
    })),
  );
}

/** Lets the fleet work off what is queued, then records where every job is: in Redis, and at the sink. */
async function account({ fleet, view, emit, cleanup, phase, until }: ArmParts): Promise<void> {
  const { clock } = fleet.sandbox;
  await phase('account', clock.toRealMs(limits.drain) + 30_000, async (within) => {
    // What could not be stopped is told; where the jobs are is to be found out all the same.
    await cleanup
      .runNow('stopping the load')
      .catch((error: unknown) => emit({ type: 'note', message: `stopping the load: ${String(error)}` }));
    await until('an empty fleet', limits.drain, () => view.unfinished() === 0).catch((error: unknown) => {
      // Jobs that are still queued are a state the ledger knows, not a failure to account.
      if (!(error instanceof DeadlineError)) throw error;
    });
    emit(
      await scanResidue(fleet.redis, fleet.config.prefix, fleet.queueNames).catch((error: unknown) => ({
        type: 'residue' as const,
        complete: false,
        jobs: {},
        message: String(error),
      })),
    );
    emit(
      await readEffects(fleet.control, AbortSignal.any([within, AbortSignal.timeout(15_000)])).catch(
        (error: unknown) => ({
          type: 'effects' as const,
          complete: false,
          once: [],
          more: [],
          message: String(error),
        }),
      ),
    );
  });
}
