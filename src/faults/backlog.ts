import { repliesOf } from '../kernel/pipeline-replies.ts';
import type { Fault } from './fault.ts';
import { prove } from './prove.ts';

/** A flood of jobs. There is nothing to heal: the workers work it off, or a procedure removes it. */
export const backlog: Fault<'backlog', 'addJobs' | 'redis' | 'prefix' | 'queues'> = {
  summarise: ({ jobs: { count } }) => `${count} jobs at once`,
  async inject({ jobs }, { addJobs, redis, prefix, queues }, signal) {
    signal.throwIfAborted();
    const countWaiting = async (): Promise<number> => {
      const pipeline = redis.pipeline();
      for (const name of queues)
        pipeline.llen(`${prefix}:${name}:wait`).llen(`${prefix}:${name}:paused`).zcard(`${prefix}:${name}:prioritized`);
      return repliesOf(await pipeline.exec()).reduce<number>((sum, length) => sum + Number(length), 0);
    };
    // The workers take jobs while the queues are still filling, so the peak counts.
    let most = 0;
    const adding = addJobs({ ...jobs, queues });
    return prove(
      'the backlog',
      async () => {
        most = Math.max(most, await countWaiting());
        return most >= jobs.count / 2 ? `${most} jobs wait` : undefined;
      },
      async () => void (await adding),
      signal,
      60_000,
    );
  },
};
