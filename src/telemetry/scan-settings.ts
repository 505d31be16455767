import type { Redis } from 'ioredis';

import type { Settings } from '../history/events.ts';
import { repliesOf } from '../kernel/pipeline-replies.ts';

/** The fields of a queue's `meta` for all its workers, beside the pause: global concurrency and global rate limit. */
const ofQueues = ['concurrency', 'max', 'duration'];
/** The Redis settings on which the safety of jobs depends. */
const ofRedis = ['maxmemory', 'maxmemory-policy', 'appendonly', 'appendfsync', 'save'];

/** The settings of whole queues and of Redis, which a procedure may have changed. */
export async function scanSettings(
  redis: Redis,
  prefix: string,
  queues: readonly string[],
  moment: Settings['moment'],
): Promise<Settings> {
  const look = redis.pipeline();
  for (const name of queues) look.hmget(`${prefix}:${name}:meta`, ...ofQueues);
  for (const name of ofRedis) look.config('GET', name);
  const replies = repliesOf(await look.exec()) as readonly (readonly (string | null)[])[];
  const found = queues.map((name, index) => [name, named(ofQueues, replies[index] ?? [])] as const);
  const settings = replies.slice(queues.length).map(([name, value]) => [name, value ?? null] as const);
  return {
    type: 'settings',
    moment,
    complete: true,
    queues: Object.fromEntries(found.filter(([, values]) => Object.keys(values).length > 0)),
    redis: Object.fromEntries(settings.filter((entry): entry is [string, string] => entry[1] !== null)),
  };
}

function named(names: readonly string[], values: readonly (string | null)[]): Readonly<Record<string, string>> {
  const known = names.map((name, index) => [name, values[index] ?? null] as const);
  return Object.fromEntries(known.filter((entry): entry is [string, string] => entry[1] !== null));
}
