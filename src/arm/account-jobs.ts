import type { Settings } from '../history/events.ts';
import type { SandboxClock } from '../kernel/clock.ts';
import { DeadlineError } from '../kernel/errors.ts';
import { findRetries } from '../telemetry/find-retries.ts';
import { readEffects } from '../telemetry/read-effects.ts';
import { scanResidue } from '../telemetry/scan-residue.ts';
import { scanSettings } from '../telemetry/scan-settings.ts';
import type { ArmView } from '../verdict/arm-view.ts';
import { limits, type ArmParts } from './arm-context.ts';

type Books = Pick<ArmParts, 'fleet' | 'load' | 'view' | 'emit' | 'cleanup' | 'phase' | 'until'>;

/** Past BullMQ's own self-healing (a lock of 30 s, a stalled check every 30 s), and past what would be a wedge; sandbox ms. */
const standstillMs = 70_000;

/**
 * Whether nothing is left to be done, or nothing has moved for so long that nothing will. What was delayed and is now due has moved, although as
 * much is left as before.
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

/** Records what is set for the queues and for Redis. */
export async function recordSettings(
  { fleet, emit }: Pick<ArmParts, 'fleet' | 'emit'>,
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

/** Jobs that are still queued when the time is up are a state the ledger knows, not a failure to account. */
async function isWorkedOff({ fleet, view, until }: Books, withinMs: number): Promise<boolean> {
  try {
    return await until('an empty fleet', withinMs, standstill(view, fleet.sandbox.clock));
  } catch (error) {
    if (error instanceof DeadlineError) return false;
    throw error;
  }
}

/** How long a job that is tried again may take: sandbox ms, and at the least real ms, for a busy machine. */
const tryMs = 30_000;
const leastTryMs = 5000;

/** The longer something was broken, the later is tried again what failed over it. Nothing is waited for twice. */
async function awaitRetries(parts: Books): Promise<void> {
  const { fleet, emit } = parts;
  const due = await findRetries(fleet.redis, fleet.config.prefix, fleet.queueNames).catch((error: unknown) => {
    emit({ type: 'note', message: `when the jobs are tried again was not found out: ${String(error)}` });
    return [];
  });
  const { clock } = fleet.sandbox;
  const now = clock.now();
  const inTime = due.map((at) => Math.max(0, at - now)).filter((leftMs) => leftMs + tryMs <= limits.retry);
  if (inTime.length === 0) return;
  const leftMs = inTime.reduce((latest, one) => Math.max(latest, one), 0);
  await isWorkedOff(parts, leftMs + Math.max(tryMs, clock.toSandboxMs(leastTryMs)));
}

/** Lets the fleet work off what is queued, then records where every job is (in Redis, and at the sink) and what is set. */
export async function accountJobs(parts: Books): Promise<void> {
  const { fleet, load, emit, cleanup, phase } = parts;
  const { clock } = fleet.sandbox;
  await phase('account', clock.toRealMs(limits.drain + limits.retry) + 30_000, async (within) => {
    // What could not be stopped is told; where the jobs are is to be found out all the same.
    await cleanup
      .runNow('stopping the load')
      .catch((error: unknown) => emit({ type: 'note', message: `stopping the load: ${String(error)}` }));
    if (!(await isWorkedOff(parts, limits.drain))) await awaitRetries(parts);
    await recordSettings(parts, 'after');
    emit(
      await scanResidue(fleet.redis, fleet.config.prefix, fleet.queueNames, clock.now()).catch((error: unknown) => ({
        type: 'residue' as const,
        complete: false,
        jobs: {},
        message: String(error),
      })),
    );
    emit(
      await readEffects(fleet.control, AbortSignal.any([within, AbortSignal.timeout(15_000)]), (id) =>
        load.digestOf(id),
      ).catch((error: unknown) => ({
        type: 'effects' as const,
        complete: false,
        once: [],
        more: [],
        message: String(error),
      })),
    );
  });
}
