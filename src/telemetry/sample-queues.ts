import type { Redis } from 'ioredis';

/**
 * The numbers of waiting, active, delayed, failed, paused and prioritized jobs, then the pause flag, then how many
 * completed jobs the queue still holds.
 */
export type Counts = readonly [number, number, number, number, number, number, number, number];

const countsPerQueue = 8;

/**
 * Runs inside Redis, so it counts all queues at the same moment and needs one reply instead of eight a queue. Writes
 * nothing.
 */
const countQueues = `
local counts = {}
for index, queue in ipairs(KEYS) do
  local at = (index - 1) * ${countsPerQueue}
  counts[at + 1] = redis.call('LLEN', queue .. ':wait')
  counts[at + 2] = redis.call('LLEN', queue .. ':active')
  counts[at + 3] = redis.call('ZCARD', queue .. ':delayed')
  counts[at + 4] = redis.call('ZCARD', queue .. ':failed')
  counts[at + 5] = redis.call('LLEN', queue .. ':paused')
  counts[at + 6] = redis.call('ZCARD', queue .. ':prioritized')
  counts[at + 7] = redis.call('HEXISTS', queue .. ':meta', 'paused')
  counts[at + 8] = redis.call('ZCARD', queue .. ':completed')
end
return counts`;

/**
 * The counts of every queue.
 * @throws Error if Redis does not answer
 */
export async function sampleQueues(
  redis: Redis,
  prefix: string,
  queues: readonly string[],
): Promise<ReadonlyMap<string, Counts>> {
  const keys = queues.map((name) => `${prefix}:${name}`);
  const counts = (await redis.eval(countQueues, keys.length, ...keys)) as readonly number[];
  return new Map(
    queues.map((name, index) => {
      const at = index * countsPerQueue;
      return [name, counts.slice(at, at + countsPerQueue) as unknown as Counts];
    }),
  );
}
