import type { Redis } from 'ioredis';

import { repliesOf } from '../kernel/pipeline-replies.ts';
import type { AddedJob } from './fault.ts';

/** How many of the jobs are in a sorted set of their queue: `failed`, `delayed` or `prioritized`. */
export async function countInSet(
  redis: Redis,
  prefix: string,
  state: string,
  jobs: readonly AddedJob[],
): Promise<number> {
  const pipeline = redis.pipeline();
  for (const { queue, id } of jobs) pipeline.zscore(`${prefix}:${queue}:${state}`, id);
  return repliesOf(await pipeline.exec()).filter((score) => score !== null).length;
}

/** A field of each job's record; undefined if the record has none. */
export async function readField(
  redis: Redis,
  prefix: string,
  field: string,
  jobs: readonly AddedJob[],
): Promise<readonly (string | undefined)[]> {
  const pipeline = redis.pipeline();
  for (const { queue, id } of jobs) pipeline.hget(`${prefix}:${queue}:${id}`, field);
  const values = repliesOf(await pipeline.exec()) as readonly (string | null)[];
  return values.map((value) => value ?? undefined);
}
