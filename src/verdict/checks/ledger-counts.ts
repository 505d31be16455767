import type { ScenarioPlan } from '../../history/events.ts';
import { allowedJobs } from '../../history/job-contract.ts';
import type { LimitName } from '../../history/job-limits.ts';
import { count } from '../../kernel/words.ts';
import type { JobGroup } from '../../record/job-marks.ts';
import type { LedgerReport } from '../../record/ledger-report.ts';
import type { Ledger } from '../../record/ledger.ts';
import type { Finding } from '../run-report.ts';

/** The jobs of an arm, counted, and the scenario's limits for them. */
export interface Accounts {
  readonly plan: ScenarioPlan;
  readonly ledger: Ledger;
  readonly balance: LedgerReport;
}

/** How many jobs count towards a limit, and the group that has them. */
export function countTowards(
  name: LimitName,
  { plan, ledger, balance }: Accounts,
): { readonly jobs: number; readonly group: JobGroup } {
  // Jobs may be lost if Redis had acknowledged them and not yet synced them to its disk when the fault hit.
  if (name === 'lost' && plan.jobs.unsynced)
    return { jobs: ledger.examples('lost-synced', Infinity).length, group: 'lost-synced' };
  // Queued jobs that wait for a further try do not count, unless there are too many of them. Then all of them count.
  if (name === 'queued' && balance.retrying > 0 && balance.retrying <= allowedJobs('retrying', plan.jobs))
    return { jobs: balance.queued - balance.retrying, group: 'queued-otherwise' };
  return { jobs: balance[name], group: name };
}

/** A limit that is exceeded, with a few of the jobs. */
export interface Excess {
  readonly finding: Finding;
  /** A machine that is too busy can bring it about by itself. */
  readonly isExcusable: boolean;
}

/** Limits on a part of the jobs that a limit counts: those of some queues, or those that the fault did not bring. */
export function narrowLimits(name: LimitName, accounts: Accounts): readonly Excess[] {
  const messages = narrower[name]?.(accounts) ?? [];
  return messages.map((message) => ({ finding: { message }, isExcusable: name === 'failed' }));
}

const narrower: { readonly [Name in LimitName]?: (accounts: Accounts) => readonly string[] } = {
  removed({ plan, ledger }) {
    const { removedFrom, removedOf } = plan.jobs;
    const elsewhere = removedFrom
      ? ledger.examples('removed', Infinity).filter(({ queue }) => !removedFrom.includes(queue))
      : [];
    const others = removedOf === 'fault' ? ledger.examples('removed-not-of-fault', Infinity) : [];
    return [
      ...described(elsewhere, 'removed from queues that `removedFrom` does not list'),
      ...described(others, 'removed that the fault had not brought'),
    ];
  },
  /** Jobs of affected queues can also fail after the watch on health, so `health.failed` is asked here again. */
  failed({ plan, ledger, balance }) {
    const { queues, failed: allowed = Infinity } = plan.health;
    if (!balance.whole) return [];
    const ofAffected = ledger.examples('failed', Infinity).filter(({ queue }) => queues.includes(queue));
    return ofAffected.length > allowed
      ? described(ofAffected, `of the affected queues failed for good, ${allowed} allowed`)
      : [];
  },
};

type Jobs = ReturnType<Ledger['examples']>;

function described(jobs: Jobs, what: string): readonly string[] {
  return jobs.length > 0 ? [`${count(jobs.length, 'job')} ${what}: ${namedIn(jobs.slice(0, 5))}`] : [];
}

/** The jobs with their queues, if known: `mail-7 of mail, …`. */
export function namedIn(jobs: Jobs): string {
  return jobs.map(({ id: job, queue }) => (queue === '' ? job : `${job} of ${queue}`)).join(', ');
}
