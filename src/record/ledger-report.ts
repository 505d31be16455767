import { z } from 'zod';

/** What became of all jobs of one arm, as the report states it. */
export const ledgerReport = z.strictObject({
  enqueued: z.int(),
  completed: z.int(),
  duplicated: z.int().describe('The effect arrived more than once'),
  failed: z.int().describe('Failed for good'),
  queued: z.int().describe('Still in a queue'),
  retrying: z.int().describe('Of those still queued, the ones that were tried and wait for their next try'),
  queuedIn: z.record(z.string(), z.int()).describe('Jobs still queued, by state'),
  removed: z.int(),
  lost: z.int(),
  lostJobs: z
    .array(z.strictObject({ id: z.string(), queue: z.string() }))
    .describe('Every lost job by its id, up to 10,000; a fact only when `whole`'),
  resurrected: z.int().describe('Completed, and yet in a queue again; counted among the completed too'),
  stalled: z.int().describe('Taken by a worker that then no longer held them, whatever became of them afterwards'),
  added: z
    .int()
    .describe('Jobs that nobody enqueued, once a procedure had begun; 0 where the fleet makes jobs of its own'),
  moved: z
    .int()
    .describe('Heard of in another queue than they were enqueued in; 0 where the fleet moves jobs by itself'),
  promoted: z.int().describe('Done before they were due, of those that were added with a delay'),
  altered: z.int().describe('Done with another name, payload or number of attempts than they were added with'),
  withoutEffect: z
    .int()
    .describe('Completed according to BullMQ, with no effect at the sink; counted among the completed too'),
  whole: z.boolean().describe('Whether both the queues and the effects sink could be read to the end'),
});

export type LedgerReport = z.infer<typeof ledgerReport>;
