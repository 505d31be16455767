import { randomUUID } from 'node:crypto';

import type { Fault } from './fault.ts';
import { prove } from './prove.ts';

const limit = 'maxmemory';

/** Lowers `maxmemory` below what Redis already uses. With `noeviction` it then refuses every write. */
export const redisMemoryFull: Fault<'redis-memory-full', 'redis' | 'prefix'> = {
  summarise: () => 'the memory of Redis is full',
  async inject(_spec, { redis, prefix }, signal) {
    const read = async (): Promise<string> => {
      const [, value] = (await redis.config('GET', limit)) as string[];
      if (value === undefined) throw new Error(`Redis does not report its ${limit}`);
      return value;
    };
    const before = await read();
    const full = '1mb';
    const heal = async (): Promise<void> => {
      await redis.config('SET', limit, before);
    };
    await redis.config('SET', limit, full);
    const lowered = await read();
    return prove(
      'a write that Redis refuses',
      async () => {
        const refusal = await redis.set(`${prefix}:${randomUUID()}`, '1', 'PX', 1000).then(
          () => undefined,
          (error: Error) => error.message,
        );
        return refusal?.includes('OOM command not allowed') ? `Redis said: ${refusal}` : undefined;
      },
      async () => {
        // A procedure may have set another limit, which stays.
        if ((await read()) === lowered) await heal();
      },
      signal,
    );
  },
};
