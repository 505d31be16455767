import path from 'node:path';

import { injectFault, summariseFault } from '../faults/faults.ts';
import type { Arm, EventBody, Purpose } from '../history/events.ts';
import { Cleanup } from '../kernel/disposal.ts';
import { DeadlineError } from '../kernel/errors.ts';
import { pollUntil, waitOut } from '../kernel/poll-until.ts';
import { runProcedure } from '../operator/run-procedure.ts';
import type { BoundScenario, BoundStep } from '../scenario/bind-scenario.ts';
import { readEffects } from '../telemetry/read-effects.ts';
import { scanResidue } from '../telemetry/scan-residue.ts';
import { watchContainers } from '../telemetry/watch-containers.ts';
import type { ArmView } from '../verdict/arm-view.ts';
import { resetFleet, startLoad, startWatch, type Fleet } from './fleet-session.ts';
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
const limits = { baseline: 240_000, inject: 300_000, detect: 120_000, drain: 120_000 } as const;
/** Real time: what depends on the engine or on a person's block, not on the fleet's clock. */
const startWithinMs = 90_000;
const healWithinMs = 90_000;
const healHurriedMs = 5000;

/**
 * One arm of a scenario: reset, baseline, fault, (diagnosis and recovery | waiting), settle, account. Whatever happens,
 * the load ends, the fault is healed and the watchers stop.
 */
export async function runArm(options: ArmOptions): Promise<void> {
  const { scenario, fleet, view, emit, signal } = options;
  const { clock } = fleet.sandbox;
  const cleanup = new Cleanup(options.hurry);
  const phase = (
    name: Parameters<typeof runPhase>[0],
    withinMs: number,
    work: (signal: AbortSignal) => Promise<void>,
  ) => runPhase(name, withinMs, emit, signal, work);
  const until = (what: string, withinSandboxMs: number, probe: () => boolean) =>
    pollUntil(probe, { what, withinMs: clock.toRealMs(withinSandboxMs), everyMs: 50, signal });

  emit({ type: 'arm.started' });
  try {
    const started = await phase('start', startWithinMs, async (within) => {
      await resetFleet(fleet, within);
      // Nothing that an earlier procedure left running may act in this arm.
      await fleet.sandbox.operator.renew();
      const wall = await fleet.sandbox.openWall((event) => emit({ type: 'wall', ...event }));
      cleanup.add('closing the wall', 5000, () => wall.close());
      const watch = startWatch(fleet, emit);
      cleanup.add('stopping the queue sampler', 10_000, () => watch.stop());
      const containers = watchContainers(fleet.sandbox, emit);
      cleanup.add('stopping the container watch', 10_000, () => containers.stop());
      const load = await startLoad(fleet, options.idPrefix, options.seed, emit);
      cleanup.add('stopping the load', 10_000, () => load.stop());
    });
    if (started === 'timed-out') return;
    view.mark();
    const baseline = await phase('baseline', clock.toRealMs(limits.baseline), () =>
      until('a steady state', limits.baseline, () => view.isHealthy()).then(() => undefined),
    );
    if (baseline === 'timed-out') return;
    if (scenario.fault) await breakAndMend(options, scenario.fault, cleanup, phase, until);
    else await runSteps(options, scenario.diagnosis, 'diagnosis', signal);
    if (options.arm === 'treatment') await account(options, cleanup, phase, until);
  } finally {
    const errors = await cleanup.run();
    for (const error of errors) emit({ type: 'note', message: error.message });
    emit({ type: 'arm.ended' });
  }
}

type PhaseRunner = (
  name: Parameters<typeof runPhase>[0],
  withinMs: number,
  work: (signal: AbortSignal) => Promise<void>,
) => Promise<'done' | 'timed-out'>;
type Until = (what: string, withinSandboxMs: number, probe: () => boolean) => Promise<true>;

async function breakAndMend(
  options: ArmOptions,
  fault: NonNullable<BoundScenario['fault']>,
  cleanup: Cleanup,
  phase: PhaseRunner,
  until: Until,
): Promise<void> {
  const { fleet, scenario, view, emit, signal } = options;
  const { clock } = fleet.sandbox;
  let bit = false;
  await phase('inject', Math.max(30_000, clock.toRealMs(limits.inject)), async (within) => {
    emit({ type: 'fault.injecting', kind: fault.kind, summary: summariseFault(fault) });
    const target = {
      sandbox: fleet.sandbox,
      redis: fleet.redis,
      redisAddress: fleet.redisAddress,
      prefix: fleet.config.prefix,
      queues: scenario.faultQueues,
    };
    const injected = await injectFault(fault, target, within);
    const heal = async (): Promise<void> => {
      try {
        await injected.heal();
        emit({ type: 'fault.healed', kind: fault.kind, healed: true });
      } catch (error) {
        emit({ type: 'fault.healed', kind: fault.kind, healed: false, message: String(error) });
        throw error;
      }
    };
    cleanup.add(`healing ${fault.kind}`, healWithinMs, heal, healHurriedMs);
    bit = injected.proof.bit;
    emit({ type: 'fault.proved', kind: fault.kind, ...injected.proof });
  });
  if (!bit) return;
  view.mark();
  if (options.arm === 'control') {
    await phase('recover', startWithinMs * 4, (within) => runSteps(options, scenario.instead, 'placebo', within));
    await phase('settle', clock.toRealMs((options.holdMs ?? 0) * 2) + 10_000, (within) =>
      waitOut(clock.toRealMs(options.holdMs ?? 0), within),
    );
    return;
  }
  await phase('detect', clock.toRealMs(limits.detect) + 1000, () =>
    until('every symptom', limits.detect, () =>
      scenario.plan.symptoms.every((symptom) => view.holds(symptom) === true),
    ).then(() => undefined),
  );
  await phase('diagnose', startWithinMs * 4, (within) => runSteps(options, scenario.diagnosis, 'diagnosis', within));
  view.mark();
  await phase('recover', startWithinMs * 8, (within) => runSteps(options, scenario.recovery, 'recovery', within));
  view.mustOutlast();
  const { sustainMs, withinMs } = scenario.plan.health;
  await phase('settle', clock.toRealMs(withinMs + sustainMs) + 1000, () =>
    until('recovery', withinMs + sustainMs, () => view.isHealthy()).then(() => undefined),
  );
  signal.throwIfAborted();
}

async function runSteps(
  options: ArmOptions,
  steps: readonly BoundStep[],
  purpose: Purpose,
  signal: AbortSignal,
): Promise<void> {
  const { fleet, emit } = options;
  for (const { spec, procedure } of steps) {
    const { skip, timeoutMs, expectExit } = procedure.annotation;
    if (skip !== undefined) {
      emit({ type: 'note', message: `${procedure.address} is not run: its annotation says "${skip}"` });
      continue;
    }
    await fleet.sandbox.operator.ensure();
    emit({
      type: 'procedure.started',
      address: procedure.address,
      purpose,
      location: procedure.location,
      args: spec.args,
      ...(expectExit === undefined ? {} : { expectExit }),
    });
    const cast = `${options.idPrefix}-${purpose}-${procedure.address.replaceAll(/[^a-z0-9.]+/gi, '-').replace(/-$/, '')}.cast`;
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
  }
}

/** Lets the fleet work off what is queued, then records where every job is: in Redis, and at the sink. */
async function account(options: ArmOptions, cleanup: Cleanup, phase: PhaseRunner, until: Until): Promise<void> {
  const { fleet, view, emit } = options;
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
