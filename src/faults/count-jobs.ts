import type { Redis } from 'ioredis';

type AddedJobs = readonly { readonly queue: string; readonly id: string }[];

/** How many of the jobs stand in a sorted set of their queue: `failed`, `delayed`, `prioritized`. */
export async function countInSet(redis: Redis, prefix: string, state: string, jobs: AddedJobs): Promise<number> {
  const pipeline = redis.pipeline();
  for (const { queue, id } of jobs) pipeline.zscore(`${prefix}:${queue}:${state}`, id);
  const replies = (await pipeline.exec()) ?? [];
  return replies.filter(([error, score]) => {
    if (error) throw error;
    return score !== null;
  }).length;
}

/** A field of each job's record; undefined where there is none. */
export async function readField(
  redis: Redis,
  prefix: string,
  field: string,
  jobs: AddedJobs,
): Promise<readonly (string | undefined)[]> {
  const pipeline = redis.pipeline();
  for (const { queue, id } of jobs) pipeline.hget(`${prefix}:${queue}:${id}`, field);
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, value]) => {
    if (error) throw error;
    return (value as string | null) ?? undefined;
  });
}
