import type { Redis } from 'ioredis';

import { repliesOf } from '../kernel/pipeline-replies.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import type { AddedJob } from '../workload/extra-jobs.ts';
import type { ArmContext } from './arm-context.ts';
import { fleetLimits } from './phase-limits.ts';

/**
 * The least real time for these jobs to fail. Less than the phase has, so that the error names the jobs and not the
 * phase.
 */
const leastFailMs = 20_000;

/** Adds the scenario's `burst`: jobs on top of the load, one group after the other. */
export async function addBurst(
  { fleet, load, scenario }: Pick<ArmContext, 'fleet' | 'load' | 'scenario'>,
  signal: AbortSignal,
): Promise<void> {
  const { redis, config, sandbox } = fleet;
  for (const jobs of scenario.burst) {
    const added = await load.add(jobs, jobs.ofFault);
    if (jobs.failedAgo === undefined) continue;
    await pollUntil(() => haveFailed(redis, config.prefix, added), {
      what: `the failure of ${jobs.count} jobs of ${jobs.queues.join(', ')}`,
      withinMs: Math.max(leastFailMs, sandbox.clock.toRealMs(fleetLimits.detect)),
      everyMs: 50,
      signal,
    });
    await setBack(redis, config.prefix, added, Math.round(sandbox.clock.now() - jobs.failedAgo));
  }
}

async function haveFailed(redis: Redis, prefix: string, jobs: readonly AddedJob[]): Promise<boolean> {
  const look = redis.pipeline();
  for (const { queue, id } of jobs) look.zscore(`${prefix}:${queue}:failed`, id);
  return repliesOf(await look.exec()).every((score) => score !== null);
}

/**
 * Makes the jobs look as if they had failed earlier. BullMQ reads that time in two places: the failed set and the job
 * itself.
 */
async function setBack(redis: Redis, prefix: string, jobs: readonly AddedJob[], failedAt: number): Promise<void> {
  const write = redis.pipeline();
  for (const { queue, id } of jobs) {
    write.zadd(`${prefix}:${queue}:failed`, 'XX', failedAt, id);
    write.hset(`${prefix}:${queue}:${id}`, 'finishedOn', failedAt);
  }
  repliesOf(await write.exec());
}
