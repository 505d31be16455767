import type { Queue } from 'bullmq';
import { expect, test } from 'vitest';

import { addExtraJobs, type ExtraJobs } from './extra-jobs.ts';
import type { JobWriter } from './job-writer.ts';

interface Recorded {
  readonly queue: string;
  readonly count: number;
  readonly remarks: unknown;
}

/** A writer whose Redis acknowledges all but the last `lost` jobs of each request. */
function recordingWriter(lost = 0): {
  readonly writer: JobWriter;
  readonly recorded: Recorded[];
  readonly givenUp: string[];
} {
  const recorded: Recorded[] = [];
  const givenUp: string[] = [];
  let id = 0;
  const addBulk = (jobs: readonly { readonly opts: { readonly jobId: string } }[]) =>
    Promise.resolve(jobs.slice(0, jobs.length - lost).map(({ opts }) => ({ id: opts.jobId })));
  const writer: JobWriter = {
    counts: { acknowledged: 0, unacknowledged: 0 },
    random: () => 0,
    queue: () => ({ addBulk }) as unknown as Queue,
    timestamp: (waitedMs = 0) => 1_000_000 - waitedMs,
    next: (_name, over) => ({ name: 'work', data: over?.data, opts: { ...over?.options, jobId: String((id += 1)) } }),
    acknowledge: (queue, ids, remarks) => void recorded.push({ queue, count: ids.length, remarks }),
    giveUp: (_queue, ids) => void givenUp.push(...ids),
    digestOf: () => undefined,
    close: () => Promise.resolve(),
  };
  return { writer, recorded, givenUp };
}

const jobs: ExtraJobs = { queues: ['a', 'b', 'c'], count: 1000, data: {}, options: {} };

test('spreads the jobs evenly over the queues, in requests of at most 250', async () => {
  const { writer, recorded } = recordingWriter();
  const added = await addExtraJobs(writer, jobs, false);
  expect(recorded.map(({ queue, count }) => `${queue} ${count}`)).toEqual([
    'a 250',
    'a 83',
    'b 250',
    'b 83',
    'c 250',
    'c 84',
  ]);
  expect(added).toHaveLength(1000);
  expect(new Set(added.map(({ id }) => id)).size).toBe(1000);
});

test('records priority, due time and whether a fault brought the jobs', async () => {
  const { writer, recorded } = recordingWriter();
  const one = { ...jobs, queues: ['a'], count: 1 };
  await addExtraJobs(writer, one, false);
  await addExtraJobs(writer, { ...one, options: { priority: 2, delay: 5000 }, waited: 1000 }, true);
  expect(recorded.map(({ remarks }) => remarks)).toEqual([{}, { priority: 2, dueAt: 1_004_000, ofFault: true }]);
});

test('throws if Redis does not acknowledge all of them, and records the others', async () => {
  const { writer, givenUp } = recordingWriter(1);
  await expect(addExtraJobs(writer, { ...jobs, queues: ['a'], count: 3 }, false)).rejects.toThrow(
    'Redis acknowledged 2 of 3 jobs',
  );
  expect(givenUp).toEqual(['3']);
});

test('records the jobs of a request that Redis refuses', async () => {
  const { writer, recorded, givenUp } = recordingWriter();
  const refusing = {
    ...writer,
    queue: () => ({ addBulk: () => Promise.reject(new Error('OOM')) }) as unknown as Queue,
  };
  await expect(addExtraJobs(refusing, { ...jobs, queues: ['a'], count: 3 }, false)).rejects.toThrow('OOM');
  expect(givenUp).toEqual(['1', '2', '3']);
  expect(recorded).toEqual([]);
});
