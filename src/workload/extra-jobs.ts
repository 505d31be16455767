import type { JobsOptions } from 'bullmq';

import { defined } from '../kernel/defined.ts';
import type { JobWriter } from './job-writer.ts';

/** Jobs of a burst or a fault, beside the steady load. */
export interface ExtraJobs {
  readonly queues: readonly string[];
  /** Spread evenly over the queues. */
  readonly count: number;
  /** Laid over the payload that the configuration's `data` makes. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Laid over the queue's own job options. */
  readonly options: Readonly<Record<string, unknown>>;
  /** How long they seem to have waited already, sandbox ms. Default: 0. */
  readonly waited?: number | undefined;
}

export interface AddedJob {
  readonly queue: string;
  readonly id: string;
}

/** Jobs of one queue that one request carries to Redis. */
const bulkSize = 250;

/**
 * Adds the jobs in order.
 * @param ofFault whether they belong to a fault
 * @throws Error if Redis does not acknowledge all of them
 */
export async function addExtraJobs(writer: JobWriter, jobs: ExtraJobs, ofFault: boolean): Promise<readonly AddedJob[]> {
  const added: AddedJob[] = [];
  for (const [index, name] of jobs.queues.entries()) {
    const share = Math.floor((jobs.count * (index + 1)) / jobs.queues.length) - added.length;
    for (let left = share; left > 0; left -= bulkSize)
      added.push(...(await addBulk(writer, name, Math.min(left, bulkSize), jobs, ofFault)));
  }
  if (added.length < jobs.count)
    throw new Error(`Redis acknowledged ${added.length} of ${jobs.count} jobs that were to be added`);
  return added;
}

async function addBulk(
  writer: JobWriter,
  queue: string,
  howMany: number,
  { data, options, waited }: ExtraJobs,
  ofFault: boolean,
): Promise<readonly AddedJob[]> {
  const timestamp = writer.timestamp(waited);
  const over = { data, options: options as JobsOptions, timestamp };
  const bulk = Array.from({ length: howMany }, () => writer.next(queue, over));
  const given = bulk.map(({ opts }) => opts.jobId);
  const added = await writer
    .queue(queue)
    .addBulk(bulk)
    .catch((error: unknown) => {
      writer.giveUp(queue, given);
      throw error;
    });
  const ids = added.flatMap(({ id }) => id ?? []);
  const { priority, delay } = over.options;
  const dueAt = delay === undefined ? undefined : timestamp + delay;
  writer.acknowledge(queue, ids, defined({ priority, dueAt, ofFault: ofFault ? (true as const) : undefined }));
  const acknowledged = new Set(ids);
  writer.giveUp(
    queue,
    given.filter((id) => !acknowledged.has(id)),
  );
  return ids.map((id) => ({ queue, id }));
}
