/**
 * The load on the fleet. A job counts once Redis has acknowledged it, and only then does the history hold its id.
 *
 *   rates ─► schedule ─► steady load ──┐
 *                                      ├─► job writer ─► Redis ─► acknowledged ids ─► event `enqueued`
 *   burst, fault ─────► extra jobs ────┘
 *
 * - The seed decides payloads and times, so that a load can be repeated.
 * - The client sends nothing twice (`load-client.ts`): an add without an answer is not acknowledged.
 */
import { createLoadClient } from './load-client.ts';
import { addExtraJobs, type AddedJob, type ExtraJobs } from './extra-jobs.ts';
import { createJobWriter, type JobWriterOptions } from './job-writer.ts';
import { shareRate } from './schedule.ts';
import { startSteadyLoad } from './steady-load.ts';

export interface LoadOptions extends JobWriterOptions {
  readonly redis: { readonly host: string; readonly port: number };
  readonly queues: readonly {
    readonly name: string;
    readonly weight: number;
    readonly maxPerSecond?: number | undefined;
    readonly jobOptions: Readonly<Record<string, unknown>>;
  }[];
  /** Over the whole fleet, per sandbox second. */
  readonly jobsPerSecond: number;
  /** What the rate is multiplied by, so many sandbox ms after the start. */
  readonly intensityAt?: ((sandboxMs: number) => number) | undefined;
}

export interface Load {
  /**
   * Adds these jobs too, in order.
   * @param ofFault whether they belong to a fault
   * @returns the jobs that Redis acknowledged
   * @throws Error if Redis does not acknowledge all of them
   */
  add(jobs: ExtraJobs, ofFault?: boolean): Promise<readonly AddedJob[]>;
  /** Ends the load. Waits for every add under way, so that each is known to be acknowledged or not. */
  stop(): Promise<void>;
  /** `jobDigest` of a job as it was added. */
  digestOf(id: string): string | undefined;
  /** Jobs that Redis acknowledged, and adds that it refused or never answered. */
  readonly counts: { readonly acknowledged: number; readonly unacknowledged: number };
}

/** Adds jobs at the configured rates until it is stopped. */
export async function generateLoad(options: LoadOptions): Promise<Load> {
  const connection = createLoadClient(options.redis);
  await connection.connect();
  const writer = await createJobWriter(connection, options);
  const rates = shareRate(options.queues, options.jobsPerSecond);
  const steady = startSteadyLoad(writer, rates, options.clock, options.intensityAt);
  return {
    counts: writer.counts,
    digestOf: (id) => writer.digestOf(id),
    add: (jobs, ofFault = false) => addExtraJobs(writer, jobs, ofFault),
    async stop() {
      steady.stop();
      // While Redis is away, an add waits for its return. Without a connection it is known not to be acknowledged.
      await steady.settle();
      connection.disconnect();
      await writer.close();
      await steady.settle();
    },
  };
}
