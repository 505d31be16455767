import type { Redis } from 'ioredis';

import { startAllowance } from '../kernel/allowance.ts';
import { repliesOf } from '../kernel/pipeline-replies.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import type { AddedJob } from '../workload/extra-jobs.ts';
import type { ArmContext } from './arm-context.ts';
import { fleetLimits } from './phase-limits.ts';

/**
 * The least real time for these jobs to fail or to be taken. Less than the phase has, so that the error names the jobs
 * and not the phase.
 */
const leastWaitMs = 20_000;

/** Adds the scenario's `burst`: jobs on top of the load, one group after the other. */
export async function addBurst(
  { fleet, load, scenario }: Pick<ArmContext, 'fleet' | 'load' | 'scenario'>,
  signal: AbortSignal,
): Promise<void> {
  const { redis, config, sandbox } = fleet;
  for (const jobs of scenario.burst) {
    const { failedAgo, activeFor } = jobs;
    const added = await load.add(jobs, jobs.ofFault);
    const since = async (what: string, state: 'failed' | 'active', agoMs: number): Promise<number> => {
      using allowed = startAllowance(sandbox.clock, { sandboxMs: fleetLimits.detect, realMs: leastWaitMs });
      await pollUntil(() => areIn(redis, config.prefix, added, state), {
        what: `${what} of ${jobs.count} jobs of ${jobs.queues.join(', ')}`,
        over: allowed.over,
        everyMs: 50,
        signal,
      });
      return Math.round(sandbox.clock.now() - agoMs);
    };
    if (failedAgo !== undefined)
      await setFailed(redis, config.prefix, added, await since('the failure', 'failed', failedAgo));
    if (activeFor !== undefined)
      await setTaken(redis, config.prefix, added, await since('the start', 'active', activeFor));
  }
}

async function areIn(
  redis: Redis,
  prefix: string,
  jobs: readonly AddedJob[],
  state: 'failed' | 'active',
): Promise<boolean> {
  const look = redis.pipeline();
  for (const { queue, id } of jobs) {
    if (state === 'failed') look.zscore(`${prefix}:${queue}:failed`, id);
    else look.lpos(`${prefix}:${queue}:active`, id);
  }
  return repliesOf(await look.exec()).every((found) => found !== null);
}

/**
 * Makes the jobs look as if they had failed earlier. BullMQ reads that time in two places: the failed set and the job
 * itself.
 */
async function setFailed(redis: Redis, prefix: string, jobs: readonly AddedJob[], failedAt: number): Promise<void> {
  const write = redis.pipeline();
  for (const { queue, id } of jobs) {
    write.zadd(`${prefix}:${queue}:failed`, 'XX', failedAt, id);
    write.hset(`${prefix}:${queue}:${id}`, 'finishedOn', failedAt);
  }
  repliesOf(await write.exec());
}

/** Makes the jobs look as if a worker had taken them earlier. */
async function setTaken(redis: Redis, prefix: string, jobs: readonly AddedJob[], takenAt: number): Promise<void> {
  const write = redis.pipeline();
  for (const { queue, id } of jobs) write.hset(`${prefix}:${queue}:${id}`, 'processedOn', takenAt);
  repliesOf(await write.exec());
}
