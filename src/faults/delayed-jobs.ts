import type { Fault } from './fault.ts';
import { prove } from './prove.ts';
import { countInSet } from './read-jobs.ts';

/** Jobs that pile up because they are not due yet. There is nothing to heal: in time they all become due. */
export const delayedJobs: Fault<'delayed-jobs', 'addJobs' | 'redis' | 'prefix' | 'queues'> = {
  summarise: ({ jobs: { count }, delay }) => `${count} jobs that are due in ${delay / 1000} s`,
  async inject({ jobs, delay }, { addJobs, redis, prefix, queues }, signal) {
    signal.throwIfAborted();
    const added = await addJobs({ ...jobs, queues, options: { ...jobs.options, delay } });
    return prove(
      'the delayed jobs',
      async () => {
        const delayed = await countInSet(redis, prefix, 'delayed', added);
        return delayed === added.length ? `${delayed} jobs are delayed` : undefined;
      },
      () => Promise.resolve(),
      signal,
    );
  },
};
