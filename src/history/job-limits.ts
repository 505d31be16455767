/**
 * The limits on what may happen to a scenario's jobs, as one table. Derived from it are:
 *
 * - the keys of a scenario's `jobs` (`scenario/define-scenario.ts`)
 * - the recorded contract and the check of its shape (`history/job-contract.ts`)
 * - the counts of the ledger and of the report (`record/job-marks.ts`, `record/ledger-report.ts`)
 * - the check `ledger` (`verdict/checks/ledger.ts`) and the harms of the matrix (`series/run-matrix.ts`)
 *
 * A new limit needs an entry here and its predicate in `record/job-marks.ts`. The compiler asks for the predicate.
 */
export const jobLimits = {
  /** Jobs that may be lost. */
  lost: {
    what: 'lost',
    setBy: 'own key',
    default: 0,
    inEveryPlan: true,
    needsWhole: true,
    harms: true,
    excusedWhenBusy: false,
  },
  /**
   * Jobs that the procedures may remove.
   * @default 0
   */
  removed: {
    what: 'removed',
    setBy: 'own key',
    default: 0,
    inEveryPlan: true,
    needsWhole: false,
    harms: true,
    excusedWhenBusy: false,
  },
  /**
   * Jobs that may fail for good.
   * @default 0
   */
  failed: {
    what: 'failed for good',
    counted: 'Failed for good',
    setBy: 'own key',
    default: 0,
    inEveryPlan: true,
    needsWhole: true,
    harms: false,
    excusedWhenBusy: true,
  },
  /**
   * Jobs that may still be in a queue when the load has ended and the fleet has done what it can.
   * @default 0
   */
  queued: {
    what: 'still queued when the fleet had done what it could',
    counted: 'Still in a queue',
    setBy: 'own key',
    default: 0,
    inEveryPlan: false,
    needsWhole: true,
    harms: false,
    excusedWhenBusy: true,
  },
  /**
   * Jobs still queued that may wait for their next try, by their own back-off, if it is due too late to be waited for.
   * They do not count as `queued`. If there are more of them than this, they all do.
   * @default 0
   */
  retrying: {
    what: 'waiting for a further try',
    counted: 'Of those still queued, the ones that were tried and wait for their next try',
    setBy: 'own key',
    default: 0,
    partOf: 'queued',
    inEveryPlan: false,
    needsWhole: true,
    harms: false,
    excusedWhenBusy: true,
  },
  /**
   * Jobs that the procedures may add.
   * @default 0
   */
  added: {
    what: 'appeared that the load had not enqueued',
    counted: 'Appeared after a procedure had begun, not enqueued by the load; 0 if the fleet makes jobs of its own',
    setBy: 'own key',
    default: 0,
    inEveryPlan: false,
    needsWhole: false,
    harms: true,
    excusedWhenBusy: false,
  },
  /** Jobs that may be found stalled: a worker took them and then no longer held their lock. Absent: any number. */
  stalled: {
    what: 'found stalled',
    counted: 'Taken by a worker that then no longer held them, whatever happened to them afterwards',
    setBy: 'own key',
    default: 'any number',
    inEveryPlan: false,
    needsWhole: false,
    harms: false,
    excusedWhenBusy: true,
  },
  /** Jobs that were seen in another queue than the one they were enqueued in. No scenario may allow it. */
  moved: {
    what: 'turned up in another queue',
    counted: 'Seen in another queue than they were enqueued in; 0 if the fleet moves jobs by itself',
    setBy: 'nothing',
    default: 0,
    inEveryPlan: false,
    needsWhole: false,
    harms: true,
    excusedWhenBusy: false,
  },
  /**
   * Jobs with a delay that may be done before they are due.
   * @default 0
   */
  promoted: {
    what: 'done before being due',
    counted: 'Done before they were due, of those that were added with a delay',
    setBy: 'own key',
    default: 0,
    inEveryPlan: false,
    needsWhole: false,
    harms: true,
    excusedWhenBusy: false,
  },
  /**
   * Jobs that may be done with another name, payload, number of attempts, priority, back-off or retention than they
   * were added with.
   * @default 0
   */
  altered: {
    what: 'done with a changed name, payload or option',
    counted:
      'Done with another name, payload, number of attempts, priority, back-off or retention than they were added with',
    setBy: 'own key',
    default: 0,
    inEveryPlan: false,
    needsWhole: false,
    harms: true,
    excusedWhenBusy: false,
  },
  /**
   * Jobs of which an external API may accept more than one call: the customer gets the message twice, although the job
   * was done once. Absent: any number, because a client also gives up on a call if the machine is slow.
   */
  acceptedAgain: {
    what: 'accepted more than once by an external API',
    counted: 'An external API accepted more than one call, whatever became of the job',
    setBy: 'own key',
    default: 'any number',
    inEveryPlan: false,
    needsWhole: false,
    harms: false,
    excusedWhenBusy: true,
  },
  /** Jobs that were done more than once. A busy machine excuses only those that stalled: their lock ran out. */
  duplicated: {
    what: 'done more than once',
    counted: 'The effect arrived more than once',
    setBy: 'duplicates',
    default: 'any number',
    inEveryPlan: false,
    needsWhole: false,
    harms: false,
    excusedWhenBusy: 'if stalled',
  },
  /** Jobs that were completed and then stood in a queue again. */
  resurrected: {
    what: 'completed and then queued again',
    counted: 'Completed, and yet in a queue again; counted among the completed too',
    setBy: 'duplicates',
    default: 'any number',
    inEveryPlan: false,
    needsWhole: false,
    harms: false,
    excusedWhenBusy: false,
  },
  /** Jobs that BullMQ reports as completed, although their effect never arrived. No scenario may allow it. */
  withoutEffect: {
    what: 'completed according to BullMQ, but the effect never arrived',
    counted: 'Completed according to BullMQ, with no effect at the sink; counted among the completed too',
    setBy: 'nothing',
    default: 0,
    inEveryPlan: false,
    needsWhole: true,
    harms: false,
    excusedWhenBusy: false,
  },
} as const satisfies Readonly<Record<string, JobLimit>>;

export interface JobLimit {
  /** Completes "3 jobs …" in findings. */
  readonly what: string;
  /** Describes the count in the report's schema. Left out if the field's name says it all. */
  readonly counted?: string;
  /** The key of a scenario's `jobs` that sets the limit: its own name, `duplicates`, or none. */
  readonly setBy: 'own key' | 'duplicates' | 'nothing';
  /** How many jobs are allowed if the scenario does not say. */
  readonly default: 0 | 'any number';
  /** An allowance within another limit. It is not judged by itself. */
  readonly partOf?: string;
  /** Every recorded plan has it. Plans that were recorded before the limit existed lack the others. */
  readonly inEveryPlan: boolean;
  /** The count is only a fact once the queues and the effects sink were read to the end. */
  readonly needsWhole: boolean;
  /** In the matrix: a procedure that brings this about does harm, whatever it cures. */
  readonly harms: boolean;
  /** A busy machine can bring this about by itself, because attempts and locks expire by the clock. */
  readonly excusedWhenBusy: boolean | 'if stalled';
}

export type LimitName = keyof typeof jobLimits;
/** In the order of the table, in which findings are reported. */
export const limitNames = Object.keys(jobLimits) as readonly LimitName[];

type Table = typeof jobLimits;
/** The limits that a scenario sets under their own name. */
export type ContractKey = { [N in LimitName]: Table[N]['setBy'] extends 'own key' ? N : never }[LimitName];
export const contractKeys = limitNames.filter(isContractKey);

export function isContractKey(name: LimitName): name is ContractKey {
  return jobLimits[name].setBy === 'own key';
}
