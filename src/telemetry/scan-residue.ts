import type { Redis } from 'ioredis';

import type { Held, Residue } from '../history/events.ts';
import { repliesOf } from '../kernel/pipeline-replies.ts';
import { attemptFields, dueOf, wasTried } from './find-retries.ts';

const lists = { waiting: 'wait', active: 'active', paused: 'paused' } as const;
const sorted = { failed: 'failed', prioritized: 'prioritized', completed: 'completed' } as const;
const states = [...Object.keys(lists), ...Object.keys(sorted)];

/**
 * The state of every job that is still in Redis. It reads each queue in one transaction, so that no job can move from
 * list to list meanwhile.
 * @param now sandbox ms since 1970. A retry that was due earlier counts as delayed, because no worker has taken it.
 */
export async function scanResidue(
  redis: Redis,
  prefix: string,
  queues: readonly string[],
  now: number,
): Promise<Residue> {
  const jobs: Record<string, Record<string, string[]>> = {};
  for (const name of queues) {
    const look = redis.multi();
    for (const key of Object.values(lists)) look.lrange(`${prefix}:${name}:${key}`, 0, -1);
    for (const key of Object.values(sorted)) look.zrange(`${prefix}:${name}:${key}`, 0, -1);
    look.zrange(`${prefix}:${name}:delayed`, 0, -1, 'WITHSCORES');
    const made = attemptFields.flatMap((field) => ['GET', `${prefix}:${name}:*->${field}`]);
    look.sort(`${prefix}:${name}:delayed`, 'BY', 'nosort', 'GET', '#', ...made);
    const replies = repliesOf(await look.exec()) as readonly (string | null)[][];
    const [scores, delayed] = replies.slice(states.length);
    if (!scores || !delayed) throw new Error(`no reply for ${name}`);
    const put = (state: string, id: string): void => {
      if (!id.startsWith('0:')) ((jobs[name] ??= {})[state] ??= []).push(id);
    };
    for (const [index, state] of states.entries()) for (const id of replies[index] ?? []) put(state, id ?? '');
    const dueAt = new Map(
      scores.flatMap((id, at) => (at % 2 === 0 ? [[id, dueOf(scores[at + 1] ?? '')] as const] : [])),
    );
    for (let at = 0; at < delayed.length; at += 1 + attemptFields.length) {
      const id = delayed[at] ?? '';
      const willBeTriedAgain =
        wasTried(delayed.slice(at + 1, at + 1 + attemptFields.length)) && (dueAt.get(id) ?? 0) > now;
      put(willBeTriedAgain ? 'retrying' : 'delayed', id);
    }
  }
  return { type: 'residue', complete: true, jobs };
}

/** The jobs in these queues that no worker holds, before or after a procedure that may remove jobs. */
export async function scanHeld(
  redis: Redis,
  prefix: string,
  queues: readonly string[],
  moment: Held['moment'],
): Promise<Held> {
  const { jobs } = await scanResidue(redis, prefix, queues, 0);
  const held = Object.entries(jobs).map(([queue, { waiting, paused, delayed, retrying, prioritized, failed }]) => [
    queue,
    [waiting, paused, delayed, retrying, prioritized, failed].flatMap((ids) => ids ?? []),
  ]);
  return { type: 'held', moment, complete: true, jobs: Object.fromEntries(held) as Held['jobs'] };
}
