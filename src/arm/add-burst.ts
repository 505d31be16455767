import type { Redis } from 'ioredis';

import { repliesOf } from '../kernel/pipeline-replies.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import type { AddedJob } from '../workload/generate-load.ts';
import { limits, type ArmParts } from './arm-context.ts';

/** How long the fleet may take to come to jobs that are to fail, real ms at the least: less than the phase has, so that it is told what was waited for. */
const leastFailMs = 20_000;

/** Adds what a scenario wants beside the load, in its order. */
export async function addBurst(
  { fleet, load, scenario }: Pick<ArmParts, 'fleet' | 'load' | 'scenario'>,
  signal: AbortSignal,
): Promise<void> {
  const { redis, config, sandbox } = fleet;
  for (const jobs of scenario.burst) {
    const added = await load.add(jobs, jobs.ofFault);
    if (jobs.failedAgo === undefined) continue;
    await pollUntil(() => haveFailed(redis, config.prefix, added), {
      what: `the failure of ${jobs.count} jobs of ${jobs.queues.join(', ')}`,
      withinMs: Math.max(leastFailMs, sandbox.clock.toRealMs(limits.detect)),
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

/** BullMQ goes by both: where a job stands among the failed, and what its record says. */
async function setBack(redis: Redis, prefix: string, jobs: readonly AddedJob[], failedAt: number): Promise<void> {
  const write = redis.pipeline();
  for (const { queue, id } of jobs) {
    write.zadd(`${prefix}:${queue}:failed`, 'XX', failedAt, id);
    write.hset(`${prefix}:${queue}:${id}`, 'finishedOn', failedAt);
  }
  repliesOf(await write.exec());
}
