import type { ArmRecord } from '../../../record/arm-record.ts';
import type { Finding } from '../../run-report.ts';
import { differences, limitOf, type Difference } from './watch.ts';

type Settings = ArmRecord['settings'];

/** Settings of whole queues and of Redis that are not what they were in the steady state. */
export function settingFindings({ before, after }: Settings): readonly Finding[] {
  if (!before?.complete || !after?.complete) return [];
  const queues = [...new Set([...Object.keys(before.queues), ...Object.keys(after.queues)])];
  const ofQueues = queues.flatMap((queue) =>
    differences(before.queues[queue], after.queues[queue]).map((difference) => describe(queue, difference)),
  );
  const ofRedis = differences(before.redis, after.redis)
    // More memory than before is a cure.
    .filter(({ name, was, now }) => name !== 'maxmemory' || limitOf(now) < limitOf(was))
    .map(({ name, was, now }) => `Redis is left with ${name} "${now}"; it was "${was}"`);
  return [...ofQueues, ...ofRedis].map((message) => ({ message }));
}

/** Why the settings cannot be compared. */
export function unreadSettings({ before, after }: Settings): string | undefined {
  if (before?.complete && after?.complete) return undefined;
  const reason = before?.message ?? after?.message ?? 'they were not read';
  return `the settings of the queues and of Redis are not known (${reason})`;
}

const names: Readonly<Record<string, string>> = {
  concurrency: 'a global concurrency',
  max: 'a global limit of jobs',
  duration: 'a window of its global limit, in ms,',
};

function describe(queue: string, { name, was, now }: Difference): string {
  const what = names[name] ?? name;
  if (now === undefined) return `the queue ${queue} had ${what} of ${was} and is left without`;
  return `the queue ${queue} is left with ${what} of ${now}${was === undefined ? '' : `; it was ${was}`}`;
}
