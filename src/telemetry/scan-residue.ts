import type { Redis } from 'ioredis';

import type { Held, Residue } from '../history/events.ts';

const lists = { waiting: 'wait', active: 'active', paused: 'paused' } as const;
const sorted = { failed: 'failed', prioritized: 'prioritized', completed: 'completed' } as const;
const states = [...Object.keys(lists), ...Object.keys(sorted)];

/** Where a job says how often it was tried: BullMQ 5, and before. */
const attempts = ['atm', 'attemptsMade'];

/** Where every job that is still in Redis stands: one look at each queue, in which no job can move from list to list. */
export async function scanResidue(redis: Redis, prefix: string, queues: readonly string[]): Promise<Residue> {
  const jobs: Record<string, Record<string, string[]>> = {};
  for (const name of queues) {
    const look = redis.multi();
    for (const key of Object.values(lists)) look.lrange(`${prefix}:${name}:${key}`, 0, -1);
    for (const key of Object.values(sorted)) look.zrange(`${prefix}:${name}:${key}`, 0, -1);
    const made = attempts.flatMap((field) => ['GET', `${prefix}:${name}:*->${field}`]);
    look.sort(`${prefix}:${name}:delayed`, 'BY', 'nosort', 'GET', '#', ...made);
    const replies = ((await look.exec()) ?? []).map(([error, reply]) => {
      if (error) throw error;
      return reply as (string | null)[];
    });
    const delayed = replies[states.length];
    if (!delayed) throw new Error(`no reply for ${name}`);
    const put = (state: string, id: string): void => {
      if (!id.startsWith('0:')) ((jobs[name] ??= {})[state] ??= []).push(id);
    };
    for (const [index, state] of states.entries()) for (const id of replies[index] ?? []) put(state, id ?? '');
    for (let at = 0; at < delayed.length; at += 1 + attempts.length) {
      const wasTried = delayed.slice(at + 1, at + 1 + attempts.length).some((times) => Number(times ?? 0) > 0);
      put(wasTried ? 'retrying' : 'delayed', delayed[at] ?? '');
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
  const held = Object.entries(jobs).map(([queue, { waiting, paused, delayed, retrying, prioritized, failed }]) => [
    queue,
    [waiting, paused, delayed, retrying, prioritized, failed].flatMap((ids) => ids ?? []),
  ]);
  return { type: 'held', moment, complete: true, jobs: Object.fromEntries(held) as Held['jobs'] };
}
