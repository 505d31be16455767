import { contractKeys, isContractKey, jobLimits, type ContractKey, type LimitName } from './job-limits.ts';
import { fields, kind, map, number, oneOf, strings, bool, type Shape } from './shape.ts';

type KeyInEveryPlan = {
  [N in ContractKey]: (typeof jobLimits)[N]['inEveryPlan'] extends true ? N : never;
}[ContractKey];
type Limits = { readonly [N in KeyInEveryPlan]: number } & {
  readonly [N in Exclude<ContractKey, KeyInEveryPlan>]?: number;
};

/** What a scenario allows to happen to its jobs, as a history records it. `job-limits.ts` has the limits. */
export interface JobContract extends Limits {
  /** Lower bounds. Absent: none. */
  readonly atLeast?: { readonly [N in ContractKey]?: number };
  /** The only queues that jobs may be removed from. Absent: any. */
  readonly removedFrom?: readonly string[];
  /** Only jobs that the fault brought may be removed. */
  readonly removedOf?: 'fault';
  /** Queues whose jobs must be done in order of their priority, if they were added with one. */
  readonly inOrder?: readonly string[];
  /** Jobs may be lost if Redis acknowledged them while the fault was being injected. */
  readonly unsynced?: boolean;
  /** A number: how many jobs may be done more than once. */
  readonly duplicates: 'at-least-once' | 'effectively-once' | number;
}

/** How many jobs the contract allows; `Infinity` for any number. */
export function allowedJobs(name: LimitName, contract: JobContract): number {
  const limit = jobLimits[name];
  if (limit.setBy === 'duplicates') return allowedRepeats(contract.duplicates);
  const set = isContractKey(name) ? contract[name] : undefined;
  return set ?? (limit.default === 'any number' ? Infinity : limit.default);
}

function allowedRepeats(duplicates: JobContract['duplicates']): number {
  if (typeof duplicates === 'number') return duplicates;
  return duplicates === 'effectively-once' ? 0 : Infinity;
}

const duplicates = kind<JobContract['duplicates']>(
  'at-least-once, effectively-once or a whole number from 0',
  (value) =>
    value === 'at-least-once' || value === 'effectively-once' || (Number.isSafeInteger(value) && Number(value) >= 0),
);

export const jobContract = fields<JobContract>(
  { ...numbers(contractKeys.filter(isInEveryPlan)), duplicates },
  {
    ...numbers(contractKeys.filter((key) => !isInEveryPlan(key))),
    atLeast: map(number),
    removedFrom: strings,
    removedOf: oneOf('fault'),
    inOrder: strings,
    unsynced: bool,
  },
);

function isInEveryPlan(key: ContractKey): key is KeyInEveryPlan {
  return jobLimits[key].inEveryPlan;
}

function numbers<K extends string>(keys: readonly K[]): Readonly<Record<K, Shape<number>>> {
  return Object.fromEntries(keys.map((key) => [key, number])) as Record<K, Shape<number>>;
}
