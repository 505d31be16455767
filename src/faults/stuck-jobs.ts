import { Redis } from 'ioredis';

import { repliesOf } from '../kernel/pipeline-replies.ts';
import type { AddedJob, Fault, FaultTarget } from './fault.ts';
import { prove } from './prove.ts';
import { readField } from './read-jobs.ts';

/** How long a job seems to have waited before a worker took it, sandbox ms. */
const waitedMs = 1000;

type Needs = 'addJobs' | 'redis' | 'redisAddress' | 'prefix' | 'queueClass' | 'queues' | 'sandbox' | 'serviceOf';

/**
 * Jobs that a worker never finishes while it renews their locks. So that no run has to wait for them to get old, the
 * fault sets two times in their records back by `age`: when they were added and when a worker took them.
 */
export const stuckJobs: Fault<'stuck-jobs', Needs> = {
  summarise: ({ jobs: { count }, age }) => `${count} jobs that have been active for ${age / 60_000} min and never end`,
  async inject({ jobs, age }, target, signal) {
    const { addJobs, redis, prefix, queues, sandbox } = target;
    signal.throwIfAborted();
    const added = await addJobs({ ...jobs, queues });
    const sinceMs = Math.round(sandbox.clock.now() - age);
    return prove(
      'jobs that are active and locked',
      async () => {
        if ((await countHeld(target, added)) < added.length) return undefined;
        const pipeline = redis.pipeline();
        for (const { queue, id } of added)
          pipeline.hset(`${prefix}:${queue}:${id}`, { timestamp: sinceMs - waitedMs, processedOn: sinceMs });
        repliesOf(await pipeline.exec());
        const taken = await readField(redis, prefix, 'processedOn', added);
        return taken.every((at) => Number(at) === sinceMs)
          ? `${added.length} jobs are active, their locks held by a worker`
          : undefined;
      },
      () => setFree(target, added),
      signal,
      60_000,
    );
  },
};

/**
 * Restarts the stuck workers, then removes the jobs: otherwise a worker would take them again once they are found
 * stalled. Jobs that a procedure has already removed need neither.
 */
async function setFree(target: Pick<FaultTarget, Needs>, jobs: readonly AddedJob[]): Promise<void> {
  const { sandbox, redis, redisAddress, prefix, queueClass, serviceOf } = target;
  const left = [];
  for (const job of jobs) if ((await redis.exists(`${prefix}:${job.queue}:${job.id}`)) === 1) left.push(job);
  for (const service of new Set(left.map(({ queue }) => serviceOf(queue))))
    if (service !== undefined) await sandbox.restart(service);
  const connection = new Redis({ ...redisAddress, maxRetriesPerRequest: 1 });
  try {
    for (const { queue: name, id } of left) {
      await redis.del(`${prefix}:${name}:${id}:lock`);
      const queue = new queueClass(name, { connection, prefix, skipMetasUpdate: true });
      await queue.remove(id);
      await queue.close();
    }
  } finally {
    connection.disconnect();
  }
}

async function countHeld(
  { redis, prefix }: Pick<FaultTarget, 'redis' | 'prefix'>,
  jobs: readonly AddedJob[],
): Promise<number> {
  const pipeline = redis.pipeline();
  for (const { queue, id } of jobs) pipeline.exists(`${prefix}:${queue}:${id}:lock`);
  return repliesOf(await pipeline.exec()).reduce<number>((sum, held) => sum + Number(held), 0);
}
