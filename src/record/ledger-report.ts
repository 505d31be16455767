import { z } from 'zod';

import { jobLimits, limitNames, type JobLimit, type LimitName } from '../history/job-limits.ts';

/** How many jobs each limit is about (`history/job-limits.ts`). */
const counts = Object.fromEntries(
  limitNames.map((name) => {
    const { counted }: JobLimit = jobLimits[name];
    return [name, counted === undefined ? z.int() : z.int().describe(counted)];
  }),
) as Readonly<Record<LimitName, z.ZodInt>>;

/** What happened to all jobs of one arm, as the report states it. */
export const ledgerReport = z.strictObject({
  enqueued: z.int(),
  completed: z.int(),
  ...counts,
  queuedIn: z.record(z.string(), z.int()).describe('Jobs still queued, by state'),
  lostJobs: z
    .array(z.strictObject({ id: z.string(), queue: z.string() }))
    .describe('Every lost job by its id, up to 10,000; a fact only when `whole`'),
  whole: z.boolean().describe('Whether both the queues and the effects sink could be read to the end'),
});

export type LedgerReport = z.infer<typeof ledgerReport>;
