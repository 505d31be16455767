import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

import type { Settings } from '../history/events.ts';

/**
 * Runs inside Redis, so that no schedule moves on between its parts. For each schedule of each queue (`KEYS`): the
 * queue's place, the schedule's id, its fields, and whether its next job exists. Writes nothing.
 */
const listSchedules = `
local found = {}
for index, queue in ipairs(KEYS) do
  local members = redis.call('ZRANGE', queue .. ':repeat', 0, -1, 'WITHSCORES')
  for at = 1, #members, 2 do
    local key = queue .. ':repeat:' .. members[at]
    local next = redis.call('EXISTS', key .. ':' .. members[at + 1])
    found[#found + 1] = { index - 1, members[at], redis.call('HGETALL', key), next }
  end
end
return found`;

type Found = readonly (readonly [queue: number, id: string, fields: readonly string[], next: number])[];

/**
 * The job schedulers and repeatable jobs of the queues, by queue and id, each with what it runs and when.
 * @throws Error if Redis does not answer
 */
export async function scanSchedules(
  redis: Redis,
  prefix: string,
  queues: readonly string[],
): Promise<NonNullable<Settings['schedules']>> {
  const keys = queues.map((name) => `${prefix}:${name}`);
  const found = (await redis.eval(listSchedules, keys.length, ...keys)) as Found;
  const byQueue = Map.groupBy(found, ([queue]) => queues[queue] ?? '');
  return Object.fromEntries(
    [...byQueue].map(([queue, own]) => [
      queue,
      Object.fromEntries(own.map(([, id, fields, next]) => [id, describe(fields, next === 1)])),
    ]),
  );
}

/** What and when, in words. Data and options are a digest, because they may hold secrets. */
function describe(pairs: readonly string[], hasNext: boolean): string {
  const values = new Map(pairs.flatMap((name, index) => (index % 2 === 0 ? [[name, pairs[index + 1] ?? '']] : [])));
  const { every, pattern = '', tz, limit, endDate, startDate, ...template } = Object.fromEntries(values);
  // BullMQ counts the runs in `ic`, and works out `offset` by itself.
  const { ic: _, offset: __, ...runs } = template;
  const digest = createHash('sha256')
    .update(JSON.stringify(inOrder(runs)))
    .digest('hex');
  return [
    every === undefined ? pattern : `every ${every} ms`,
    ...(tz === undefined ? [] : [`in ${tz}`]),
    ...(startDate === undefined ? [] : [`from ${startDate}`]),
    ...(endDate === undefined ? [] : [`until ${endDate}`]),
    ...(limit === undefined ? [] : [`${limit} times`]),
    `jobs like ${digest.slice(0, 12)}`,
    // A schedule that ends at some point has no next job then.
    ...(hasNext || limit !== undefined || endDate !== undefined ? [] : ['no next job']),
  ].join(', ');
}

function inOrder(fields: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(fields).toSorted(([one], [other]) => (one < other ? -1 : 1));
}
