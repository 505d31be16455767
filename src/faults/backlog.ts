import type { Fault } from './fault.ts';
import { prove } from './prove.ts';

/** A flood of jobs. There is nothing to heal: they are worked off, or a procedure removes them. */
export const backlog: Fault<'backlog'> = {
  summarise: ({ jobs: { count } }) => `${count} jobs at once`,
  async inject({ jobs }, { addJobs, redis, prefix, queues }, signal) {
    signal.throwIfAborted();
    const waiting = async (): Promise<number> => {
      const pipeline = redis.pipeline();
      for (const name of queues)
        pipeline.llen(`${prefix}:${name}:wait`).llen(`${prefix}:${name}:paused`).zcard(`${prefix}:${name}:prioritized`);
      return ((await pipeline.exec()) ?? []).reduce((sum, [error, length]) => {
        if (error) throw error;
        return sum + Number(length);
      }, 0);
    };
    // The fleet takes from it while it is still being filled, so the most that was ever seen is looked at.
    let most = 0;
    const adding = addJobs({ ...jobs, queues });
    return prove(
      'the backlog',
      async () => {
        most = Math.max(most, await waiting());
        return most >= jobs.count / 2 ? `${most} jobs wait` : undefined;
      },
      async () => void (await adding),
      signal,
      60_000,
    );
  },
};
