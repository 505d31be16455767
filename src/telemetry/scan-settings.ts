import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

import type { Settings } from '../history/events.ts';
import { repliesOf } from '../kernel/pipeline-replies.ts';
import { scanSchedules } from './scan-schedules.ts';

/** The pause flag is in every sample, and each client writes its own version. */
const notSettings: readonly string[] = ['paused', 'version'];
/** The history holds a digest of these, which shows a change and nothing else. */
const isSecret = (name: string): boolean => /pass|auth/.test(name);

/**
 * What a procedure may have changed for good: the settings of whole queues (the fields of `meta`), their schedules, and
 * the settings of Redis (`CONFIG`).
 */
export async function scanSettings(
  redis: Redis,
  prefix: string,
  queues: readonly string[],
  moment: Settings['moment'],
): Promise<Settings> {
  const look = redis.pipeline();
  for (const name of queues) look.hgetall(`${prefix}:${name}:meta`);
  look.config('GET', '*');
  const replies = repliesOf(await look.exec());
  const metas = replies.slice(0, queues.length) as readonly Readonly<Record<string, string>>[];
  const found = queues.map((name, index) => [name, settingsIn(metas[index] ?? {})] as const);
  return {
    type: 'settings',
    moment,
    complete: true,
    queues: Object.fromEntries(found.filter(([, values]) => Object.keys(values).length > 0)),
    redis: withoutSecrets(pairsIn(replies[queues.length] as readonly string[])),
    schedules: await scanSchedules(redis, prefix, queues),
  };
}

function settingsIn(meta: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(meta).filter(([name]) => !notSettings.includes(name)));
}

function pairsIn(answer: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    answer.flatMap((name, index) => (index % 2 === 0 ? [[name, answer[index + 1] ?? '']] : [])),
  );
}

function withoutSecrets(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      isSecret(name) && value !== '' ? createHash('sha256').update(value).digest('hex').slice(0, 12) : value,
    ]),
  );
}
