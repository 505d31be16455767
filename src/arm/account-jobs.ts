import type { Settings } from '../history/events.ts';
import type { SandboxClock } from '../kernel/clock.ts';
import type { Allowance } from '../kernel/allowance.ts';
import { DeadlineError } from '../kernel/errors.ts';
import { findRetries } from '../telemetry/find-retries.ts';
import { readEffects } from '../telemetry/read-effects.ts';
import { scanResidue } from '../telemetry/scan-residue.ts';
import { scanSettings } from '../telemetry/scan-settings.ts';
import type { ArmView } from '../verdict/arm-view.ts';
import type { ArmContext } from './arm-context.ts';
import { fleetLimits } from './phase-limits.ts';

type AccountContext = Pick<ArmContext, 'fleet' | 'load' | 'stopLoad' | 'view' | 'emit' | 'phase' | 'until'> & {
  /** How many jobs may still wait for a further try at the end (`jobs.retrying` of the scenario). */
  readonly retriesAllowed: number;
};

/** Longer than BullMQ's own self-healing (a lock of 30 s, a stalled check every 30 s) and than a wedge; sandbox ms. */
const standstillMs = 70_000;
/** The time of one further try of a job: sandbox ms, and real ms on top for a busy machine. */
const tryMs = 30_000;
const leastTryMs = 5000;
/** A retry that is due later than this is never waited for, whatever the contract allows; sandbox ms. */
const neverAwaitedMs = fleetLimits.drain + fleetLimits.retry;
const effectsWithinMs = 15_000;

/**
 * The phase `account`: ends the load, lets the fleet finish what is queued, then records where every job is. Redis and
 * the effects sink are both asked, and the settings are recorded again. A question without an answer is recorded as
 * incomplete.
 */
export async function accountJobs(context: AccountContext): Promise<void> {
  const { emit, stopLoad, phase } = context;
  await phase('account', async (within) => {
    // A load that does not stop is noted. Where its jobs are must be found out all the same.
    await stopLoad
      .now()
      .catch((error: unknown) => emit({ type: 'note', message: `stopping the load: ${String(error)}` }));
    if (!(await isWorkedOff(context, { sandboxMs: fleetLimits.drain }))) await awaitRetries(context);
    await recordSettings(context, 'after');
    await recordResidue(context);
    await recordEffects(context, within);
  });
}

/**
 * Whether waiting any longer is pointless: no job is left, or none has moved for `standstillMs`. A job that was delayed
 * and is now due has moved, although as many are left as before.
 */
export function standstill(
  view: Pick<ArmView, 'unfinished' | 'delayed'>,
  clock: Pick<SandboxClock, 'now'>,
): () => boolean {
  let left: number | undefined;
  let delayed: number | undefined;
  let sinceS = clock.now();
  return () => {
    const [nowLeft, nowDelayed] = [view.unfinished(), view.delayed()];
    if (nowLeft !== left || nowDelayed !== delayed) [left, delayed, sinceS] = [nowLeft, nowDelayed, clock.now()];
    return left === 0 || (delayed === 0 && clock.now() - sinceS >= standstillMs);
  };
}

/**
 * Whether every job that is left waits for a retry that the contract allows to leave, and that is due too late to be
 * waited for at all. Waiting is pointless then. A retry that is due sooner is always waited for: only a
 * finished job shows whether it was changed or done twice.
 * @param dueInMs in which time each of the retries is due
 */
export function areAllowedRetries(
  { left, delayed, allowed }: { readonly left: number; readonly delayed: number; readonly allowed: number },
  dueInMs: readonly number[],
): boolean {
  return left === delayed && left <= allowed && dueInMs.length === left && dueInMs.every((ms) => ms > neverAwaitedMs);
}

/** Records the settings of the queues and of Redis. */
export async function recordSettings(
  { fleet, emit }: Pick<ArmContext, 'fleet' | 'emit'>,
  moment: Settings['moment'],
): Promise<void> {
  emit(
    await scanSettings(fleet.redis, fleet.config.prefix, fleet.queueNames, moment).catch((error: unknown) => ({
      type: 'settings' as const,
      moment,
      complete: false,
      queues: {},
      redis: {},
      message: String(error),
    })),
  );
}

/** False if the time ran out first. Jobs that are still queued are no error: the ledger has a place for them. */
async function isWorkedOff(context: AccountContext, allowance: Allowance): Promise<boolean> {
  const isStill = standstill(context.view, context.fleet.sandbox.clock);
  try {
    return await context.until('an empty fleet', allowance, async () => isStill() || (await mayLeaveTheRest(context)));
  } catch (error) {
    if (error instanceof DeadlineError) return false;
    throw error;
  }
}

async function mayLeaveTheRest({ fleet, view, retriesAllowed: allowed }: AccountContext): Promise<boolean> {
  const [left, delayed] = [view.unfinished(), view.delayed()];
  // Redis is asked only if the counts leave the question open.
  if (left === undefined || delayed === undefined || left !== delayed || left > allowed) return false;
  const now = fleet.sandbox.clock.now();
  const due = await findRetries(fleet.redis, fleet.config.prefix, fleet.queueNames);
  return areAllowedRetries(
    { left, delayed, allowed },
    due.map((at) => at - now),
  );
}

/**
 * Waits for the last retry that is due within `fleetLimits.retry`. BullMQ's back-off grows, so a job that failed during
 * a long fault is retried late. Each job gets one more try: a retry that is scheduled meanwhile is not waited for.
 */
async function awaitRetries(context: AccountContext): Promise<void> {
  const { fleet, emit } = context;
  const due = await findRetries(fleet.redis, fleet.config.prefix, fleet.queueNames).catch((error: unknown) => {
    emit({ type: 'note', message: `Redis did not say when failed jobs are retried: ${String(error)}` });
    return [];
  });
  const { clock } = fleet.sandbox;
  const now = clock.now();
  const inTime = due.map((at) => Math.max(0, at - now)).filter((leftMs) => leftMs + tryMs <= fleetLimits.retry);
  if (inTime.length === 0) return;
  // Not `Math.max(...inTime)`: that many arguments do not fit on the stack.
  const lastMs = inTime.reduce((latest, one) => Math.max(latest, one), 0);
  await isWorkedOff(context, { sandboxMs: lastMs + tryMs, marginMs: leastTryMs });
}

/** Records which jobs are still in Redis, by queue and state. */
async function recordResidue({ fleet, emit }: AccountContext): Promise<void> {
  const { redis, config, queueNames, sandbox } = fleet;
  emit(
    await scanResidue(redis, config.prefix, queueNames, sandbox.clock.now()).catch((error: unknown) => ({
      type: 'residue' as const,
      complete: false,
      jobs: {},
      message: String(error),
    })),
  );
}

/** Records which jobs the effects sink saw done, and how often. */
async function recordEffects({ fleet, load, emit }: AccountContext, within: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([within, AbortSignal.timeout(effectsWithinMs)]);
  emit(
    await readEffects(fleet.control, signal, (id) => load.digestOf(id)).catch((error: unknown) => ({
      type: 'effects' as const,
      complete: false,
      once: [],
      more: [],
      message: String(error),
    })),
  );
}
