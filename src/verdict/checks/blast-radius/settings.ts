import type { ArmRecord } from '../../../record/arm-record.ts';
import type { Finding } from '../../run-report.ts';
import { differences, limitOf, type Difference } from './watch.ts';

type Settings = ArmRecord['settings'];
type Read = NonNullable<Settings['before']>;

/** Settings of whole queues and of Redis that are not what they were in the steady state. */
export function settingFindings({ before, after }: Settings): readonly Finding[] {
  if (!before?.complete || !after?.complete) return [];
  const queues = [...new Set([...Object.keys(before.queues), ...Object.keys(after.queues)])];
  const ofQueues = queues.flatMap((queue) =>
    differences(before.queues[queue], after.queues[queue])
      // The first client of a queue that only reads it sets this as well.
      .filter(({ name, was }) => !name.startsWith('opts.') || was !== undefined)
      .map((difference) => describe(queue, difference)),
  );
  const ofRedis = differences(before.redis, after.redis)
    // More memory than before is a cure.
    .filter(({ name, was, now }) => name !== 'maxmemory' || limitOf(now) < limitOf(was))
    .map(({ name, was, now }) => `Redis is left with ${name} ${valueOf(now)}; it was ${valueOf(was)}`);
  return [...ofQueues, ...ofRedis, ...schedulesLeft(before, after)].map((message) => ({ message }));
}

/** Schedules that are gone, new, different or without their next job: then they never run again. */
function schedulesLeft(before: Read, after: Read): readonly string[] {
  const [had, has] = [before.schedules, after.schedules];
  if (!had || !has) return [];
  return [...new Set([...Object.keys(had), ...Object.keys(has)])].flatMap((queue) =>
    differences(had[queue], has[queue]).map(({ name, was, now }) => {
      if (now === undefined) return `the queue ${queue} is left without its schedule ${name} (${was})`;
      const earlier = was === undefined ? ', which it did not have' : `; it was: ${was}`;
      return `the queue ${queue} is left with the schedule ${name}: ${now}${earlier}`;
    }),
  );
}

function valueOf(text: string | undefined): string {
  return text === undefined ? 'unset' : `"${text}"`;
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
