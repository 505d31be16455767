import type { Redis } from 'ioredis';

import { repliesOf } from '../kernel/pipeline-replies.ts';

/** BullMQ keeps delayed jobs in the order in which they are due: 12 bits below the milliseconds tell those of one moment apart. */
const perMs = 0x1000;

/** Where a job says how often it was tried: BullMQ 5 and later, and before. */
export const attemptFields = ['atm', 'attemptsMade'] as const;

/** @param made what stands in these fields */
export function wasTried(made: readonly (string | null)[]): boolean {
  return made.some((times) => Number(times ?? 0) > 0);
}

/** When a delayed job is due by its score; ms since 1970. */
export function dueOf(score: string): number {
  return Number(score) / perMs;
}

/** When those jobs are due that were tried and will be again; ms since 1970. */
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
