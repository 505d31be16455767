import type { Redis } from 'ioredis';

import { repliesOf } from '../kernel/pipeline-replies.ts';

/**
 * BullMQ sorts delayed jobs by due time. The score has 12 more bits below the milliseconds, for the order within one.
 */
const perMs = 0x1000;

/** The fields with a job's number of attempts: in BullMQ 5 and later, and in earlier versions. */
export const attemptFields = ['atm', 'attemptsMade'] as const;

/** @param made the values of these fields */
export function wasTried(made: readonly (string | null)[]): boolean {
  return made.some((times) => Number(times ?? 0) > 0);
}

/** The due time of a delayed job, from its score; ms since 1970. */
export function dueOf(score: string): number {
  return Number(score) / perMs;
}

/** The due times of the delayed jobs that have been tried before; ms since 1970. */
export async function findRetries(redis: Redis, prefix: string, queues: readonly string[]): Promise<readonly number[]> {
  const look = redis.pipeline();
  for (const name of queues) look.zrange(`${prefix}:${name}:delayed`, 0, -1, 'WITHSCORES');
  const delayed = (repliesOf(await look.exec()) as readonly (readonly string[])[]).flatMap((pairs, index) =>
    pairs.flatMap((id, at) =>
      at % 2 === 0 ? [{ key: `${prefix}:${queues[index]}:${id}`, due: dueOf(pairs[at + 1] ?? '') }] : [],
    ),
  );
  const attempts = redis.pipeline();
  for (const { key } of delayed) attempts.hmget(key, ...attemptFields);
  const made = repliesOf(await attempts.exec()) as readonly (readonly (string | null)[])[];
  return delayed.filter((_, index) => wasTried(made[index] ?? [])).map(({ due }) => due);
}
