import { allowedJobs } from '../../history/job-contract.ts';
import { isContractKey, jobLimits, limitNames, type JobLimit, type LimitName } from '../../history/job-limits.ts';
import { count } from '../../kernel/words.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import type { Moment } from '../../record/timeline.ts';
import { busyMachine } from '../../record/cpu-pressure.ts';
import { excused, fail, inconclusive, isNonEmpty, pass, type ScenarioCheck } from './check.ts';
import { countTowards, namedIn, narrowLimits, type Accounts, type Excess } from './ledger-counts.ts';

const id = 'ledger';

/** A fleet that completed and failed nothing for so long is at rest, sandbox ms. */
const restMs = 30_000;

/**
 * Every acknowledged job must be accounted for, within the limits that the scenario sets (`history/job-limits.ts`).
 *
 * 1. Each limit is compared with the jobs that count towards it, and so are its narrower limits.
 * 2. On a machine that is too busy, a failure is excused if every finding is one that such a machine brings about.
 * 3. Jobs that could not be accounted for, or a fleet that is still working them off, prove nothing.
 */
export const ledger: ScenarioCheck = {
  id,
  about: ['treatment'],
  run({ plan, treatment }) {
    const balance = treatment?.ledger.balance();
    if (!treatment || !balance || balance.enqueued === 0)
      return inconclusive(id, 'no job was enqueued, so none was accounted for');
    const accounts: Accounts = { plan, ledger: treatment.ledger, balance };
    const stillAtWork = isOverLimit('queued', accounts) && isAtWork(treatment, accounts);
    const judged = limitNames.filter((name) => !(name === 'queued' && stillAtWork));
    const excesses = [
      ...judged.flatMap((name) => [...excessOf(name, accounts), ...narrowLimits(name, accounts)]),
      ...shortfalls(accounts),
    ];
    const findings = excesses.map(({ finding }) => finding);
    if (isNonEmpty(findings)) {
      const busy = busyMachine(treatment);
      return busy !== undefined && excesses.every(({ isExcusable }) => isExcusable)
        ? excused(id, busy, findings[0].message, findings)
        : fail(id, findings);
    }
    if (!balance.whole)
      return inconclusive(id, `not every job could be accounted for: ${treatment.ledger.gaps.join('; ')}`);
    if (stillAtWork) return inconclusive(id, describeWork(accounts));
    return pass(id, describeBalance(accounts));
  },
};

function isOverLimit(name: LimitName, accounts: Accounts): boolean {
  const { needsWhole, partOf }: JobLimit = jobLimits[name];
  if (partOf !== undefined || (needsWhole && !accounts.balance.whole)) return false;
  return countTowards(name, accounts).jobs > allowedJobs(name, accounts.plan.jobs);
}

function excessOf(name: LimitName, accounts: Accounts): readonly Excess[] {
  if (!isOverLimit(name, accounts)) return [];
  const { what, excusedWhenBusy }: JobLimit = jobLimits[name];
  const { jobs, group } = countTowards(name, accounts);
  const allowed = allowedJobs(name, accounts.plan.jobs);
  const examples = accounts.ledger.examples(group, 5);
  const more = jobs > examples.length ? ', …' : '';
  const isExcusable =
    excusedWhenBusy === 'if stalled'
      ? accounts.ledger.examples('duplicated-not-stalled', Infinity).length <= allowed
      : excusedWhenBusy;
  const message = `${count(jobs, 'job')} ${what}, ${allowed} allowed: ${namedIn(examples)}${more}`;
  return [{ finding: { message }, isExcusable }];
}

/** Lower bounds that were not reached: the procedure did too little. */
function shortfalls({ plan, balance }: Accounts): readonly Excess[] {
  if (!balance.whole) return [];
  return limitNames.filter(isContractKey).flatMap((name) => {
    const least = plan.jobs.atLeast?.[name];
    if (least === undefined || balance[name] >= least) return [];
    const message = `${count(balance[name], 'job')} ${jobLimits[name].what}, at least ${least} expected`;
    return [{ finding: { message }, isExcusable: true }];
  });
}

/** Whether the fleet still worked off its queues when its jobs were counted. */
function isAtWork(arm: ArmRecord, { balance }: Accounts): boolean {
  if ((balance.queuedIn['active'] ?? 0) > 0) return true;
  const untilT = arm.phase('account')?.ended?.t ?? Infinity;
  const seen = arm.timeline.moments.filter(({ t }) => t <= untilT);
  const end = seen.at(-1);
  const earlier = end && seen.findLast(({ s }) => s <= end.s - restMs);
  return !end || !earlier || outcomesAt(earlier) < outcomesAt(end);
}

function outcomesAt({ totals }: Moment): number {
  return totals.completed + totals.failures;
}

function describeWork(accounts: Accounts): string {
  const { jobs } = countTowards('queued', accounts);
  const allowed = allowedJobs('queued', accounts.plan.jobs);
  return `${count(jobs, 'job')} still queued, ${allowed} allowed, and the fleet was still at work when the time to work them off was up`;
}

function describeBalance({ balance }: Accounts): string {
  const { enqueued, completed, duplicated, failed, queued, removed, lost } = balance;
  const atRisk = lost > 0 ? ', acknowledged and not yet on disk' : '';
  return `${count(enqueued, 'job')}: ${completed} completed once, ${duplicated} more than once, ${failed} failed for good, ${queued} still queued, ${removed} removed, ${lost} lost${atRisk}`;
}
