import type { JobsOptions, Queue } from 'bullmq';

import type { EventBody } from '../history/events.ts';
import { monotonicMs, type SandboxClock } from '../kernel/clock.ts';
import { abortable } from '../kernel/poll-until.ts';
import { jobDigest } from './job-digest.ts';
import { createLoadClient } from './load-client.ts';
import type { QueueClass } from './queue-class.ts';
import { createRandom } from './random.ts';
import { createSchedule, shareRate } from './schedule.ts';

export interface LoadOptions {
  readonly redis: { readonly host: string; readonly port: number };
  readonly prefix: string;
  readonly queueClass: QueueClass;
  readonly queues: readonly {
    readonly name: string;
    readonly weight: number;
    readonly maxPerSecond?: number | undefined;
    readonly jobOptions: Readonly<Record<string, unknown>>;
  }[];
  readonly jobsPerSecond: number;
  readonly data: (queue: string, id: string, random: () => number) => unknown;
  readonly seed: number;
  /** The id of the next job: no two jobs that anybody can take for one another may have the same. */
  readonly nextId: () => string;
  readonly clock: SandboxClock;
  readonly emit: (event: EventBody) => void;
}

/** Jobs beside the steady load. */
export interface ExtraJobs {
  readonly queues: readonly string[];
  /** Spread evenly over the queues. */
  readonly count: number;
  /** Laid over the payload that `data` makes. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Laid over the queue's own job options. */
  readonly options: Readonly<Record<string, unknown>>;
  /** For how long they have been waiting already, sandbox ms; 0 where it is absent. */
  readonly waited?: number | undefined;
}

export interface AddedJob {
  readonly queue: string;
  readonly id: string;
}

export interface Load {
  /**
   * Enqueues these as well, in order.
   * @param ofFault whether a fault brings them
   * @returns those that Redis acknowledged
   * @throws Error when it did not acknowledge them all
   */
  add(jobs: ExtraJobs, ofFault?: boolean): Promise<readonly AddedJob[]>;
  /** Ends the load and waits for every add that is under way, so that each is known to be acknowledged or not. */
  stop(): Promise<void>;
  /** `jobDigest` of a job as it was added. */
  digestOf(id: string): string | undefined;
  /** Jobs that Redis acknowledged, and adds it refused or never answered. */
  readonly counts: { readonly acknowledged: number; readonly unacknowledged: number };
}

const jobName = 'work';
const sliceMs = 50;
/** Jobs of one queue that go to Redis in one request. */
const bulkSize = 250;
/** How long Redis gets to answer the last adds, real ms. */
const answerWithinMs = 3000;

/**
 * Enqueues jobs at the configured rates until stopped. A job counts only when Redis has acknowledged it. The
 * sandbox's time is passed as the job's `timestamp`, because this process lives in real time.
 */
export async function generateLoad(options: LoadOptions): Promise<Load> {
  const connection = createLoadClient(options.redis);
  await connection.connect();
  const queues = new Map<string, Queue>();
  for (const { name } of options.queues) {
    const queue = new options.queueClass(name, { connection, prefix: options.prefix });
    queue.on('error', () => undefined);
    queues.set(name, queue);
  }
  await Promise.all([...queues.values()].map((queue) => queue.waitUntilReady()));

  const random = createRandom(options.seed);
  const jobOptions = new Map(options.queues.map(({ name, jobOptions: own }) => [name, own]));
  const arrivals = createSchedule(shareRate(options.queues, options.jobsPerSecond), random);
  const counts = { acknowledged: 0, unacknowledged: 0 };
  const underWay = new Set<Promise<void>>();
  const digests = new Map<string, string>();
  let last = monotonicMs();

  const enqueue = async (name: string, howMany: number): Promise<void> => {
    const adds = Array.from({ length: howMany }, async () => {
      const jobId = options.nextId();
      const own = jobOptions.get(name) as JobsOptions | undefined;
      const data = options.data(name, jobId, random);
      digests.set(jobId, jobDigest(jobName, data, own?.attempts));
      await queues.get(name)?.add(jobName, data, { ...own, jobId, timestamp: Math.round(options.clock.now()) });
      return jobId;
    });
    const settled = await Promise.allSettled(adds);
    const ids = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    counts.acknowledged += ids.length;
    counts.unacknowledged += settled.length - ids.length;
    if (ids.length > 0) options.emit({ type: 'enqueued', queue: name, ids });
  };

  const timer = setInterval(() => {
    const now = monotonicMs();
    const due = arrivals(options.clock.toSandboxMs(now - last));
    last = now;
    for (const [name, howMany] of due) {
      const work = enqueue(name, howMany).finally(() => underWay.delete(work));
      underWay.add(work);
    }
  }, sliceMs);

  const addBulk = async (
    name: string,
    howMany: number,
    jobs: ExtraJobs,
    ofFault: boolean,
  ): Promise<readonly AddedJob[]> => {
    const own = jobOptions.get(name) as JobsOptions | undefined;
    const timestamp = Math.round(options.clock.now() - (jobs.waited ?? 0));
    const bulk = Array.from({ length: howMany }, () => {
      const jobId = options.nextId();
      const data = { ...(options.data(name, jobId, random) as object), ...jobs.data };
      const opts = { ...own, ...(jobs.options as JobsOptions), jobId, timestamp };
      digests.set(jobId, jobDigest(jobName, data, opts.attempts));
      return { name: jobName, data, opts };
    });
    const added = await queues.get(name)?.addBulk(bulk);
    const ids = (added ?? []).flatMap(({ id }) => id ?? []);
    counts.acknowledged += ids.length;
    const { priority, delay } = jobs.options;
    const known = {
      ...(typeof priority === 'number' ? { priority } : {}),
      ...(typeof delay === 'number' ? { dueAt: timestamp + delay } : {}),
      ...(ofFault ? { ofFault: true as const } : {}),
    };
    if (ids.length > 0) options.emit({ type: 'enqueued', queue: name, ids, ...known });
    return ids.map((id) => ({ queue: name, id }));
  };

  return {
    counts,
    digestOf: (id) => digests.get(id),
    async add(jobs, ofFault = false) {
      const added: AddedJob[] = [];
      for (const [index, name] of jobs.queues.entries()) {
        const share = Math.floor((jobs.count * (index + 1)) / jobs.queues.length) - added.length;
        for (let left = share; left > 0; left -= bulkSize)
          added.push(...(await addBulk(name, Math.min(left, bulkSize), jobs, ofFault)));
      }
      if (added.length < jobs.count)
        throw new Error(`Redis acknowledged ${added.length} of ${jobs.count} jobs that were to be added`);
      return added;
    },
    async stop() {
      clearInterval(timer);
      // While Redis is away an add waits for its return; with the connection gone it is known not to be acknowledged.
      await abortable(Promise.all(underWay), AbortSignal.timeout(answerWithinMs)).catch(() => undefined);
      connection.disconnect();
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      await abortable(Promise.all(underWay), AbortSignal.timeout(answerWithinMs)).catch(() => undefined);
    },
  };
}
