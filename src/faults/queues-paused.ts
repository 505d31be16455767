import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';

import { repliesOf } from '../kernel/pipeline-replies.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import type { Fault } from './fault.ts';
import { prove } from './prove.ts';

/** Pauses each queue, like a person who then forgets to resume it. */
export const queuesPaused: Fault<'queues-paused', 'redis' | 'redisAddress' | 'prefix' | 'queueClass' | 'queues'> = {
  summarise: ({ queues }) =>
    queues === 'all'
      ? 'every queue paused'
      : 'names' in queues
        ? `${queues.names.join(', ')} paused`
        : `queues of ${queues.service} paused`,
  async inject(_spec, { redis, redisAddress, prefix, queueClass, queues }, signal) {
    const eachQueue = async (act: (queue: Queue) => Promise<void>): Promise<void> => {
      const connection = new Redis({ ...redisAddress, maxRetriesPerRequest: 1 });
      try {
        await Promise.all(
          queues.map(async (name) => {
            const queue = new queueClass(name, { connection, prefix, skipMetasUpdate: true });
            await act(queue);
            await queue.close();
          }),
        );
      } finally {
        connection.disconnect();
      }
    };
    const heal = async (): Promise<void> => {
      // BullMQ waits for ever for a Redis that is gone.
      await pollUntil(async () => (await redis.ping()) === 'PONG', { what: 'an answer from Redis', withinMs: 5000 });
      await eachQueue((queue) => queue.resume());
    };
    await eachQueue((queue) => queue.pause());
    return prove(
      'the pause',
      async () => {
        const pipeline = redis.pipeline();
        for (const name of queues)
          pipeline.hexists(`${prefix}:${name}:meta`, 'paused').llen(`${prefix}:${name}:active`);
        const replies = repliesOf(await pipeline.exec()).map(Number);
        const flagged = replies.filter((value, index) => index % 2 === 0 && value === 1).length;
        const active = replies.filter((_, index) => index % 2 === 1).reduce((sum, value) => sum + value, 0);
        return flagged === queues.length && active === 0
          ? `${flagged} of ${queues.length} queues carry the pause flag, 0 jobs active`
          : undefined;
      },
      heal,
      signal,
    );
  },
};
