import type { Fault } from './fault.ts';
import { prove } from './prove.ts';
import { countInSet, readField } from './read-jobs.ts';

/** Jobs that the workers' own validation refuses. A procedure has to remove them, so healing leaves them. */
export const poisonJobs: Fault<'poison-jobs', 'addJobs' | 'redis' | 'prefix' | 'queues'> = {
  summarise: ({ jobs: { count }, reason }) => `${count} jobs that fail with ${String(reason)}`,
  async inject({ jobs, reason }, { addJobs, redis, prefix, queues }, signal) {
    signal.throwIfAborted();
    const added = await addJobs({ ...jobs, queues });
    return prove(
      'the failure of the poisoned jobs',
      async () => {
        const failed = await countInSet(redis, prefix, 'failed', added);
        const reasons = await readField(redis, prefix, 'failedReason', added);
        const first = reasons[0];
        return failed === added.length && first !== undefined && reasons.every((text) => reason.test(text ?? ''))
          ? `${failed} jobs have failed, the first because of "${first}"`
          : undefined;
      },
      () => Promise.resolve(),
      signal,
      30_000,
    );
  },
};
