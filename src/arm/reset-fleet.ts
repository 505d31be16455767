import type { Redis } from 'ioredis';

import { pollUntil } from '../kernel/poll-until.ts';
import { resetEffects } from '../telemetry/read-effects.ts';
import type { ReachedFleet } from './fleet-session.ts';
import { readRedisSettings } from './redis-settings.ts';

const answerWithinMs = 10_000;
const healthyWithinMs = 30_000;

/**
 * Brings the sandbox back to an empty, whole fleet: every container up and as it was created, no keys in Redis, no
 * faults in Toxiproxy, no recorded effects. It assumes nothing about the state it finds. The next baseline proves the
 * reset.
 * @param fresh services whose containers are recreated in any case
 * @returns a sentence for each change that an earlier procedure, fault or person had left behind
 */
export async function resetFleet(
  fleet: ReachedFleet,
  signal: AbortSignal,
  fresh: readonly string[] = [],
): Promise<readonly string[]> {
  const { sandbox, redis, control, toxiproxy } = fleet;
  const limit = { withinMs: answerWithinMs, signal };
  const restored = await sandbox.restore();
  for (const { service, state } of await sandbox.containers()) {
    if (state !== 'running' || fresh.includes(service)) await sandbox.recreate(service);
  }
  const redisChanged = await restoreRedisSettings(fleet, signal);
  if (toxiproxy) await pollUntil(() => succeeds(toxiproxy.reset()), { what: 'a reset of Toxiproxy', ...limit });
  await pollUntil(() => isEmptied(redis), { what: 'emptying Redis', ...limit });
  await pollUntil((within) => succeeds(resetEffects(control, within)), {
    what: 'a reset of the external APIs',
    ...limit,
  });
  await awaitHealth(fleet, signal);
  return [
    ...restored.map(({ service, how }) => `${service} ${how}`),
    ...(redisChanged ? ['Redis has other settings than at its start'] : []),
  ].map((change) => `the reset found a change: ${change}; the service was recreated`);
}

/** @returns whether Redis had other settings and was recreated */
async function restoreRedisSettings(fleet: ReachedFleet, signal: AbortSignal): Promise<boolean> {
  const settings = await pollUntil(() => readRedisSettings(fleet.redis), {
    what: 'the settings of Redis',
    withinMs: answerWithinMs,
    signal,
  });
  if (settings === fleet.redisSettings) return false;
  await fleet.sandbox.recreate(fleet.config.services.redis);
  return true;
}

async function awaitHealth({ sandbox, config }: ReachedFleet, signal: AbortSignal): Promise<void> {
  const isHealthy = async (): Promise<boolean> =>
    (await sandbox.containers()).every(
      ({ state, health }) => state === 'running' && (health === undefined || health === 'healthy'),
    );
  await pollUntil(isHealthy, {
    what: `health of ${config.services.workers.length} worker containers`,
    withinMs: healthyWithinMs,
    everyMs: 50,
    signal,
  });
}

async function isEmptied(redis: Redis): Promise<boolean> {
  return (await redis.flushall()) === 'OK';
}

async function succeeds(work: Promise<unknown>): Promise<true> {
  await work;
  return true;
}
