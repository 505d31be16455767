import { Redis } from 'ioredis';

import { readField } from './count-jobs.ts';
import type { Fault, FaultTarget } from './fault.ts';
import { prove } from './prove.ts';

type Jobs = readonly { readonly queue: string; readonly id: string }[];

/** How long before it was taken a job was added, sandbox ms. */
const waitedMs = 1000;

/**
 * Jobs at which a worker sits for ever, renewing their lock. So that nobody has to wait for them to get old, their record is
 * set back by `age`: only the times at which they were added and taken are not what they were.
 */
export const stuckJobs: Fault<'stuck-jobs'> = {
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
        await pipeline.exec();
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
 * A worker that is stuck stays so until it is another process, and would take the jobs again once they are found stalled. What a
 * procedure has removed already is left alone.
 */
async function setFree(target: FaultTarget, jobs: Jobs): Promise<void> {
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

async function countHeld({ redis, prefix }: FaultTarget, jobs: Jobs): Promise<number> {
  const pipeline = redis.pipeline();
  for (const { queue, id } of jobs) pipeline.exists(`${prefix}:${queue}:${id}:lock`);
  return ((await pipeline.exec()) ?? []).reduce((sum, [error, held]) => {
    if (error) throw error;
    return sum + Number(held);
  }, 0);
}
