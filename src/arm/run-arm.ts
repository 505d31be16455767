/**
 * One arm of a scenario, in the order of its phases:
 *
 *     start → baseline ┬ fault:    inject → detect → diagnose → recover → settle (→ repeat) ┬ account
 *                      ├ no fault: diagnose (→ recover → settle)                            ┤
 *                      └ a person: (inject →) recover → settle                              ┘
 *
 * The treatment arm runs the runbook's recovery. The control arm breaks the fleet in the same way, runs no recovery and
 * is watched instead; its jobs are not accounted for. Every phase is two events and a deadline. When the arm ends,
 * however it ends, the clean-up undoes the steps in reverse: heal the fault, stop the load, stop the watches, close the
 * wall.
 */
import { startAllowance } from '../kernel/allowance.ts';
import { Cleanup } from '../kernel/disposal.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import { watchContainers } from '../telemetry/watch-containers.ts';
import { watchPressure } from '../telemetry/watch-pressure.ts';
import { accountJobs, recordSettings } from './account-jobs.ts';
import type { ArmContext, ArmOptions, PhaseRunner } from './arm-context.ts';
import { breakAndRecover } from './break-and-recover.ts';
import { startLoad, startWatch } from './fleet-session.ts';
import { maintain } from './maintain.ts';
import { runPhase } from './phase.ts';
import { scrapeFleet } from './scrape-fleet.ts';
import { fleetLimits, phaseAllowances } from './phase-limits.ts';
import { recordEndingOf } from './record-server-commands.ts';
import { resetFleet } from './reset-fleet.ts';
import { respond } from './respond.ts';

/** Runs one arm. @returns false if the fleet reached no steady state; then nothing was done to it */
export async function runArm(options: ArmOptions): Promise<boolean> {
  const { arm, scenario, fleet, view, emit, signal } = options;
  const { clock } = fleet.sandbox;
  const cleanup = new Cleanup(options.hurry);
  const allowances = phaseAllowances(arm, scenario.plan);
  const phase: PhaseRunner = (name, work, allowance = allowances[name]) =>
    runPhase(name, { clock, allowance }, emit, signal, work);
  const until: ArmContext['until'] = async (what, allowance, probe) => {
    using running = startAllowance(clock, allowance);
    return await pollUntil(probe, { what, over: running.over, everyMs: 50, signal });
  };
  let started: StartedArm | undefined;

  emit({ type: 'arm.started' });
  try {
    await phase('start', async (within) => {
      started = await startArm(options, cleanup, within);
    });
    if (!started) return false;
    const context: ArmContext = { ...options, ...started, cleanup, phase, until };
    view.mark();
    const baseline = await phase('baseline', async () => {
      await until('a steady state', { sandboxMs: fleetLimits.baseline }, () => view.isSteady());
    });
    if (baseline === 'timed-out') return false;
    if (arm === 'treatment') await recordSettings(context, 'before');
    if (options.responder) await respond(context, options.responder);
    else if (scenario.fault) await breakAndRecover(context, scenario.fault);
    else await maintain(context);
    if (options.hold) await clock.waitUntil(clock.now() + options.hold.clearMs, signal);
    else if (arm === 'treatment' && !options.isDecided())
      await accountJobs({ ...context, retriesAllowed: options.scenario.plan.jobs.retrying ?? 0 });
    return true;
  } finally {
    const errors = await cleanup.run();
    for (const error of errors) emit({ type: 'note', message: error.message });
    if (started && !signal.aborted) await recordLeftBehind(options);
    emit({ type: 'arm.ended' });
  }
}

/** The next reset would find it too, but could not say which arm it comes from. */
async function recordLeftBehind({ fleet, emit }: ArmOptions): Promise<void> {
  try {
    const services = (await fleet.sandbox.differences()).flatMap(({ service, residue }) =>
      residue === undefined ? [] : [{ service, how: residue }],
    );
    if (services.length > 0) emit({ type: 'left-behind', services });
  } catch (error) {
    emit({ type: 'left-behind', services: [], unread: reasonOf(error) });
  }
}

type StartedArm = Pick<ArmContext, 'load' | 'stopLoad' | 'containers'>;

/** Resets the fleet, then opens the wall and starts the watches and the load. Each start adds its own undo. */
async function startArm(
  { scenario, fleet, emit, metrics, seed, intensityAt }: ArmOptions,
  cleanup: Cleanup,
  within: AbortSignal,
): Promise<StartedArm> {
  const { sandbox } = fleet;
  // First of all: a process that an earlier procedure left in the operator could act during the reset.
  await sandbox.operator.remove();
  for (const message of await resetFleet(fleet, within, scenario.fresh)) emit({ type: 'note', message });
  await sandbox.operator.ensure();
  const wall = await sandbox.openWall((event) => emit({ type: 'wall', ...event }), recordEndingOf({ fleet, emit }));
  cleanup.add('closing the wall', 5000, () => wall.close());
  const queues = startWatch(fleet, emit);
  cleanup.add('stopping the queue sampler', 10_000, () => queues.stop());
  const containers = watchContainers(sandbox, emit);
  cleanup.add('stopping the container watch', 10_000, () => containers.stop());
  const pressure = watchPressure(emit);
  cleanup.add('stopping the watch of the CPUs', 1000, () => pressure.stop());
  const scrapes = await scrapeFleet(fleet, metrics);
  cleanup.add('stopping the scrapes', 10_000, () => scrapes.stop());
  const load = await startLoad(fleet, seed, emit, intensityAt);
  const stopLoad = cleanup.add('stopping the load', 10_000, () => load.stop());
  return { load, stopLoad, containers };
}
