import type { Redis } from 'ioredis';

/**
 * Every setting of Redis as text, to compare one moment with another. The lines are sorted, because each Redis process
 * lists its settings in an order of its own. If Redis refuses the command, the text is its refusal, which compares as
 * well.
 */
export async function readRedisSettings(redis: Redis): Promise<string> {
  const answer = await redis.config('GET', '*').then(
    (found) => found as readonly string[],
    (error: unknown) => {
      if (error instanceof Error && error.name === 'ReplyError') return [error.message];
      throw error;
    },
  );
  const lines = answer.flatMap((name, index) => (index % 2 === 0 ? [`${name} ${answer[index + 1]}`] : []));
  return lines.toSorted().join('\n');
}
