import { z } from 'zod';

import { queueSelector } from '../claims/queue-selector.ts';
import { contractKeys, jobLimits, type ContractKey, type JobLimit } from '../history/job-limits.ts';
import { duration } from '../config/duration-schema.ts';

/** Jobs on top of the load. The ledger accounts for them like for every other job. */
export const jobs = z.strictObject({
  queues: queueSelector,
  /** How many, spread evenly over the queues. */
  count: z.int().positive(),
  /**
   * Merged into the payload that the configuration makes.
   * @default {}
   */
  data: z.record(z.string(), z.unknown()).default({}),
  /**
   * Merged into the queue's own job options.
   * @default {}
   */
  options: z.record(z.string(), z.unknown()).default({}),
  /** The jobs look as if they had been added this long ago. */
  waited: duration.optional(),
});
export type JobsSpec = z.infer<typeof jobs>;

export const burst = jobs.extend({
  /**
   * The jobs look as if they had failed this long ago: once they have failed, the time of the failure is set back.
   * The bursts before this one in the list are added before it.
   */
  failedAgo: duration.optional(),
  /**
   * The jobs look as if a worker had taken them this long ago: once it has them, that time is set back. They must be
   * jobs that stay active for a while.
   */
  activeFor: duration.optional(),
  /**
   * The jobs count as brought by the fault (see `jobs.removedOf`).
   * @default false
   */
  ofFault: z.boolean().default(false),
});

/** Generic over the table, so that editors show the comments in the table on the keys of a scenario. */
type LimitSchemas<Table extends Readonly<Record<string, JobLimit>>, Key extends keyof Table> = {
  readonly [Name in Key]: Table[Name]['default'] extends number ? z.ZodDefault<z.ZodInt> : z.ZodOptional<z.ZodInt>;
};

/** How many jobs each limit allows. `history/job-limits.ts` has the meanings and the defaults. */
const limits = Object.fromEntries(
  contractKeys.map((name) => {
    const [schema, allowed] = [z.int().nonnegative(), jobLimits[name].default];
    return [name, allowed === 'any number' ? schema.optional() : schema.default(allowed)];
  }),
) as LimitSchemas<typeof jobLimits, ContractKey>;

/** What may happen to the jobs of an arm. */
export const contract = z.strictObject({
  ...limits,
  /**
   * Always 0. `unsynced` has the only exception.
   * @default 0
   */
  lost: z.literal(0).default(0),
  /**
   * Lower bounds: a procedure that is to remove five jobs must not remove fewer. Each must fit its upper limit.
   * @default {}
   */
  atLeast: z.partialRecord(z.enum(contractKeys), z.int().positive()).default({}),
  /**
   * The only queues that jobs may be removed from.
   * @default 'all'
   */
  removedFrom: queueSelector.default('all'),
  /** Only jobs that the fault brought may be removed. */
  removedOf: z.literal('fault').optional(),
  /**
   * Jobs may be lost if Redis acknowledged them while the fault was being injected: they were not yet on its disk.
   * @default false
   */
  unsynced: z.boolean().default(false),
  /** Queues whose jobs must be done in order of their priority, if a burst gives them one. */
  inOrder: queueSelector.optional(),
  /**
   * A number: how many jobs may be done more than once.
   * @default 'at-least-once'
   */
  duplicates: z
    .union(
      [z.enum(['at-least-once', 'effectively-once']), z.int().nonnegative()],
      'expected "at-least-once", "effectively-once", or how many jobs may be done more than once',
    )
    .default('at-least-once'),
});
