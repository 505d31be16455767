import type { JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';

import type { EventBody } from '../history/events.ts';
import type { SandboxClock } from '../kernel/clock.ts';
import { jobDigest } from './job-digest.ts';
import type { QueueClass } from './queue-class.ts';
import { createRandom } from './random.ts';

const jobName = 'work';

export interface JobWriterOptions {
  readonly prefix: string;
  readonly queueClass: QueueClass;
  readonly queues: readonly { readonly name: string; readonly jobOptions: Readonly<Record<string, unknown>> }[];
  readonly data: (queue: string, id: string, random: () => number) => unknown;
  readonly seed: number;
  /** The id of the next job. No id is given twice within a sandbox. */
  readonly nextId: () => string;
  readonly clock: SandboxClock;
  readonly emit: (event: EventBody) => void;
}

/** What is laid over a job. */
export interface Overlay {
  readonly data: object;
  readonly options: JobsOptions;
  readonly timestamp: number;
}

/** A job that is ready to be added. */
interface NextJob {
  readonly name: string;
  readonly data: unknown;
  readonly opts: JobsOptions & { readonly jobId: string };
}

/** What the history keeps of added jobs beside their ids. */
type Remarks = Pick<Extract<EventBody, { type: 'enqueued' }>, 'priority' | 'dueAt' | 'ofFault'>;

/** Makes the jobs of a load, and keeps account of those that Redis acknowledged. */
export interface JobWriter {
  /** Jobs that Redis acknowledged, and adds that it refused or never answered. */
  readonly counts: { acknowledged: number; unacknowledged: number };
  readonly random: () => number;
  queue(name: string): Queue;
  /** The time that a job states as its own, ms since 1970: the sandbox's, because this process lives in real time. */
  timestamp(waitedMs?: number): number;
  /**
   * The next job of a queue.
   * @param over laid over the payload and the queue's own job options
   */
  next(name: string, over?: Overlay): NextJob;
  /** Counts and records jobs that Redis acknowledged. */
  acknowledge(queue: string, ids: readonly string[], remarks?: Remarks): void;
  /** Counts and records jobs whose acknowledgement did not come. Redis may have them. */
  giveUp(queue: string, ids: readonly string[]): void;
  /** `jobDigest` of a job as it was added. */
  digestOf(id: string): string | undefined;
  close(): Promise<void>;
}

export async function createJobWriter(connection: Redis, options: JobWriterOptions): Promise<JobWriter> {
  const queues = new Map<string, Queue>();
  for (const { name } of options.queues) {
    const queue = new options.queueClass(name, { connection, prefix: options.prefix });
    queue.on('error', () => undefined);
    queues.set(name, queue);
  }
  await Promise.all([...queues.values()].map((queue) => queue.waitUntilReady()));

  const random = createRandom(options.seed);
  const jobOptions = new Map(options.queues.map(({ name, jobOptions: own }) => [name, own as JobsOptions]));
  const counts = { acknowledged: 0, unacknowledged: 0 };
  const digests = new Map<string, string>();
  const timestamp = (waitedMs = 0): number => Math.round(options.clock.now() - waitedMs);
  return {
    counts,
    random,
    queue(name) {
      const queue = queues.get(name);
      if (!queue) throw new Error(`the fleet has no queue ${name}`);
      return queue;
    },
    timestamp,
    next(name, over) {
      const jobId = options.nextId();
      const payload = options.data(name, jobId, random);
      const data = over ? { ...(payload as object), ...over.data } : payload;
      const opts = { ...jobOptions.get(name), ...over?.options, jobId, timestamp: over?.timestamp ?? timestamp() };
      digests.set(jobId, jobDigest(jobName, data, opts));
      return { name: jobName, data, opts };
    },
    acknowledge(queue, ids, remarks = {}) {
      counts.acknowledged += ids.length;
      if (ids.length > 0) options.emit({ type: 'enqueued', queue, ids: [...ids], ...remarks });
    },
    giveUp(queue, ids) {
      counts.unacknowledged += ids.length;
      if (ids.length > 0) options.emit({ type: 'unacknowledged', queue, ids: [...ids] });
    },
    digestOf: (id) => digests.get(id),
    close: async () => void (await Promise.all([...queues.values()].map((queue) => queue.close()))),
  };
}
