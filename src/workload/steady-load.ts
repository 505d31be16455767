import type { SandboxClock } from '../kernel/clock.ts';
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

/**
 * Adds jobs at these rates until it is stopped.
 * @param intensityAt what the rates are multiplied by, so many sandbox ms after the start
 */
export function startSteadyLoad(
  writer: JobWriter,
  rates: readonly QueueRate[],
  clock: SandboxClock,
  intensityAt: (sandboxMs: number) => number = () => 1,
): SteadyLoad {
  const arrivals = createSchedule(rates, writer.random);
  const underWay = new Set<Promise<void>>();
  const started = clock.now();
  let last = started;
  const timer = setInterval(() => {
    const now = clock.now();
    const due = arrivals(now - last, intensityAt(now - started));
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
    const acknowledged = await writer
      .queue(name)
      .add(jobName, data, opts)
      .then(
        () => true,
        () => false,
      );
    return { id: opts.jobId, acknowledged };
  });
  const settled = (await Promise.allSettled(adds)).flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  // The payload of the others could not be made, so Redis was never asked.
  writer.counts.unacknowledged += howMany - settled.length;
  const idsOf = (wanted: boolean): readonly string[] =>
    settled.flatMap(({ id, acknowledged }) => (acknowledged === wanted ? [id] : []));
  writer.acknowledge(name, idsOf(true));
  writer.giveUp(name, idsOf(false));
}
