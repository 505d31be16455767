import type { Redis } from 'ioredis';

import type { Held, Residue } from '../history/events.ts';

const lists = { waiting: 'wait', active: 'active', paused: 'paused' } as const;
const sorted = { delayed: 'delayed', failed: 'failed', prioritized: 'prioritized', completed: 'completed' } as const;

/** Where every job that is still in Redis stands: one look at each queue, in which no job can move from list to list. */
export async function scanResidue(redis: Redis, prefix: string, queues: readonly string[]): Promise<Residue> {
  const jobs: Record<string, Record<string, readonly string[]>> = {};
  for (const name of queues) {
    const look = redis.multi();
    for (const key of Object.values(lists)) look.lrange(`${prefix}:${name}:${key}`, 0, -1);
    for (const key of Object.values(sorted)) look.zrange(`${prefix}:${name}:${key}`, 0, -1);
    const replies = (await look.exec()) ?? [];
    const states = [...Object.keys(lists), ...Object.keys(sorted)];
    for (const [index, state] of states.entries()) {
      const [error, ids] = replies[index] ?? [new Error(`no reply for ${name}`), null];
      if (error) throw error;
      const list = (ids as string[]).filter((id) => !id.startsWith('0:'));
      if (list.length > 0) (jobs[name] ??= {})[state] = list;
    }
  }
  return { type: 'residue', complete: true, jobs };
}

/** What these queues hold and no worker is at, before or after a procedure that may remove jobs. */
export async function scanHeld(
  redis: Redis,
  prefix: string,
  queues: readonly string[],
  moment: Held['moment'],
): Promise<Held> {
  const { jobs } = await scanResidue(redis, prefix, queues);
  const held = Object.entries(jobs).map(([queue, { waiting, paused, delayed, prioritized, failed }]) => [
    queue,
    [waiting, paused, delayed, prioritized, failed].flatMap((ids) => ids ?? []),
  ]);
  return { type: 'held', moment, complete: true, jobs: Object.fromEntries(held) as Held['jobs'] };
}
