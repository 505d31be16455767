import { monotonicMs, type SandboxClock } from '../kernel/clock.ts';
import { abortable } from '../kernel/poll-until.ts';
import type { JobWriter } from './job-writer.ts';
import { createSchedule, type QueueRate } from './schedule.ts';

const sliceMs = 50;
/** How long Redis may take to answer the last adds, real ms. */
const answerWithinMs = 3000;

export interface SteadyLoad {
  /** Adds no further jobs. */
  stop(): void;
  /** Waits for the adds that are under way, but no longer than Redis may take. */
  settle(): Promise<void>;
}

/** Adds jobs at these rates until it is stopped. */
export function startSteadyLoad(writer: JobWriter, rates: readonly QueueRate[], clock: SandboxClock): SteadyLoad {
  const arrivals = createSchedule(rates, writer.random);
  const underWay = new Set<Promise<void>>();
  let last = monotonicMs();
  const timer = setInterval(() => {
    const now = monotonicMs();
    const due = arrivals(clock.toSandboxMs(now - last));
    last = now;
    for (const [name, howMany] of due) {
      const work = enqueue(writer, name, howMany).finally(() => underWay.delete(work));
      underWay.add(work);
    }
  }, sliceMs);
  return {
    stop: () => clearInterval(timer),
    settle: async () => {
      await abortable(Promise.all(underWay), AbortSignal.timeout(answerWithinMs)).catch(() => undefined);
    },
  };
}

async function enqueue(writer: JobWriter, name: string, howMany: number): Promise<void> {
  const adds = Array.from({ length: howMany }, async () => {
    const { name: jobName, data, opts } = writer.next(name);
    await writer.queue(name).add(jobName, data, opts);
    return opts.jobId;
  });
  const settled = await Promise.allSettled(adds);
  const ids = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  writer.counts.unacknowledged += settled.length - ids.length;
  writer.acknowledge(name, ids);
}
