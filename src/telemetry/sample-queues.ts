import type { Redis } from 'ioredis';

/** waiting, active, delayed, failed, paused, prioritized, pause flag. */
export type Counts = readonly [number, number, number, number, number, number, number];

/** Counts of every queue in one pipeline. Throws when Redis does not answer. */
export async function sampleQueues(
  redis: Redis,
  prefix: string,
  queues: readonly string[],
): Promise<ReadonlyMap<string, Counts>> {
  const pipeline = redis.pipeline();
  for (const name of queues) {
    const key = `${prefix}:${name}`;
    pipeline.llen(`${key}:wait`).llen(`${key}:active`).zcard(`${key}:delayed`).zcard(`${key}:failed`);
    pipeline.llen(`${key}:paused`).zcard(`${key}:prioritized`).hexists(`${key}:meta`, 'paused');
  }
  const replies = (await pipeline.exec()) ?? [];
  const rows = new Map<string, Counts>();
  for (const [index, name] of queues.entries()) {
    const row = replies.slice(index * 7, index * 7 + 7).map(([error, value]) => {
      if (error) throw error;
      return Number(value);
    });
    rows.set(name, row as unknown as Counts);
  }
  return rows;
}
