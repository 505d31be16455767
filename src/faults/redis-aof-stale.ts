import { randomUUID } from 'node:crypto';

import { pollUntil } from '../kernel/poll-until.ts';
import type { Fault } from './fault.ts';
import { prove } from './prove.ts';

/**
 * Kills Redis and starts it again with an append-only file that ends some time before the kill. Every write that Redis
 * acknowledged in between is lost, as after a power failure of a disk that reports a write before it is safe.
 */
export const redisAofStale: Fault<'redis-aof-stale', 'sandbox' | 'redis' | 'prefix' | 'services'> = {
  summarise: ({ by }) => `Redis is killed and comes back with an append-only file that is ${by / 1000} s old`,
  async inject({ by }, { sandbox, redis, prefix, services }, signal) {
    signal.throwIfAborted();
    const marker = `${prefix}:${randomUUID()}`;
    const isRunning = async (): Promise<boolean> => (await sandbox.find(services.redis))?.state === 'running';
    const heal = async (): Promise<void> => {
      if (!(await isRunning())) await sandbox.start(services.redis);
      await pollUntil(() => redis.config('SET', 'appendonly', 'yes'), {
        what: 'an answer from Redis',
        withinMs: 30_000,
      });
      await redis.del(marker);
    };
    try {
      // Redis flushes the file, and writes nothing more to it from here on.
      await redis.config('SET', 'appendonly', 'no');
      await redis.set(marker, '1');
      await sandbox.clock.waitUntil(sandbox.clock.now() + by, signal);
      await sandbox.kill(services.redis, 'SIGKILL');
      await pollUntil(async () => !(await isRunning()), { what: 'the death of Redis', withinMs: 10_000, signal });
      await sandbox.start(services.redis);
    } catch (error) {
      await heal();
      signal.throwIfAborted();
      throw error;
    }
    return prove(
      'the loss of an acknowledged write',
      async () => {
        const [, setting] = (await redis.config('GET', 'appendonly')) as string[];
        if (setting !== 'yes' || (await redis.exists(marker)) === 1) return undefined;
        return `a key that Redis acknowledged ${by / 1000} s before its death is gone`;
      },
      heal,
      signal,
      30_000,
    );
  },
};
