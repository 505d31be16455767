import type { JobContract } from '../../history/job-contract.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import type { Ledger } from '../../record/ledger.ts';
import type { Check, Finding } from '../run-report.ts';
import type { Moment } from '../../record/timeline.ts';
import { busyMachine } from '../cpu-pressure.ts';
import { count, fail, inconclusive, isNonEmpty, pass, type ScenarioContext } from './check.ts';

const id = 'ledger';

/** A fleet in which nothing was done for so long is at rest, sandbox ms. */
const restMs = 30_000;

/** Every acknowledged job accounted for, within what the scenario's contract allows. */
export function checkLedger({ plan, treatment }: ScenarioContext): Check {
  if (!treatment) return inconclusive(id, 'no job was enqueued, so none was accounted for');
  const { ledger } = treatment;
  const balance = ledger.balance();
  if (balance.enqueued === 0) return inconclusive(id, 'no job was enqueued, so none was accounted for');
  const findings: Finding[] = [];
  /** Those that a machine without time for its fleet may bring about by itself: attempts and locks run out by the clock. */
  const ofLateness = new Set<Finding>();
  const addLate = (finding: Finding): void => {
    findings.push(finding);
    ofLateness.add(finding);
  };
  const lostFate = plan.jobs.unsynced ? 'lost-synced' : 'lost';
  const unduly = ledger.examples(lostFate, Infinity).length;
  if (balance.whole && unduly > plan.jobs.lost) findings.push(tell(ledger, lostFate, unduly, 'lost', plan.jobs.lost));
  if (balance.removed > plan.jobs.removed)
    findings.push(tell(ledger, 'removed', balance.removed, 'removed', plan.jobs.removed));
  const { removedFrom } = plan.jobs;
  if (removedFrom) {
    const elsewhere = ledger.examples('removed', Infinity).filter(({ queue }) => !removedFrom.includes(queue));
    if (elsewhere.length > 0) {
      findings.push({
        message: `${count(elsewhere.length, 'job')} removed from queues that nothing was to be removed from: ${named(elsewhere)}`,
      });
    }
  }
  if (plan.jobs.removedOf === 'fault') {
    const others = ledger.examples('removed-not-of-fault', Infinity);
    if (others.length > 0) {
      findings.push({
        message: `${count(others.length, 'job')} removed that the fault had not brought: ${named(others)}`,
      });
    }
  }
  // While the books are open, what failed may yet be retried.
  if (balance.whole && balance.failed > plan.jobs.failed)
    addLate(tell(ledger, 'failed', balance.failed, 'failed for good', plan.jobs.failed));
  // What may stand among the failed of the queues that were hit may not be exceeded later on either, when nobody looks at health any more.
  const { queues: hit, failed: mayStand = Infinity } = plan.health;
  const ofHit = balance.whole ? ledger.examples('failed', Infinity).filter(({ queue }) => hit.includes(queue)) : [];
  if (ofHit.length > mayStand)
    addLate({
      message: `${count(ofHit.length, 'job')} of the queues that were hit failed for good, ${mayStand} allowed: ${named(ofHit)}`,
    });
  const { stalled = Infinity, queued: mayBeQueued = 0, retrying: mayRetry = 0 } = plan.jobs;
  const { added: mayBeAdded = 0, promoted: mayBePromoted = 0, altered: mayBeAltered = 0 } = plan.jobs;
  // Those that will be tried again by themselves, and no sooner than was waited.
  const retrying = balance.retrying <= mayRetry ? balance.retrying : 0;
  const queuedUnduly = balance.queued - retrying;
  const stayed = balance.whole && queuedUnduly > mayBeQueued;
  const isAtWork = stayed && ((balance.queuedIn['active'] ?? 0) > 0 || hasMovedLately(treatment));
  if (stayed && !isAtWork)
    addLate(
      tell(
        ledger,
        retrying > 0 ? 'queued-otherwise' : 'queued',
        queuedUnduly,
        'still queued when the fleet had done what it could',
        mayBeQueued,
      ),
    );
  if (balance.added > mayBeAdded)
    findings.push(tell(ledger, 'added', balance.added, 'came to be that nobody had enqueued', mayBeAdded));
  if (balance.stalled > stalled) addLate(tell(ledger, 'stalled', balance.stalled, 'found stalled', stalled));
  if (balance.moved > 0) findings.push(tell(ledger, 'moved', balance.moved, 'turned up in another queue', 0));
  if (balance.promoted > mayBePromoted)
    findings.push(tell(ledger, 'promoted', balance.promoted, 'done before being due', mayBePromoted));
  if (balance.altered > mayBeAltered)
    findings.push(
      tell(ledger, 'altered', balance.altered, 'done with a changed name, payload or number of attempts', mayBeAltered),
    );
  const mayBeRepeated = mostRepeated(plan.jobs.duplicates);
  if (balance.duplicated > mayBeRepeated) {
    // A job whose lock ran out is done again.
    const isOfStalls = ledger.examples('duplicated-not-stalled', Infinity).length <= mayBeRepeated;
    const add = isOfStalls ? addLate : (finding: Finding) => findings.push(finding);
    add(tell(ledger, 'duplicated', balance.duplicated, 'done more than once', mayBeRepeated));
  }
  if (balance.resurrected > mayBeRepeated)
    findings.push(tell(ledger, 'resurrected', balance.resurrected, 'completed and then queued again', mayBeRepeated));
  if (balance.whole && balance.withoutEffect > 0) {
    findings.push({
      message: `${count(balance.withoutEffect, 'job')} completed according to BullMQ, yet their effect never arrived`,
    });
  }
  const busy = busyMachine(treatment);
  if (isNonEmpty(findings)) {
    if (busy === undefined || findings.some((finding) => !ofLateness.has(finding))) return fail(id, findings);
    return inconclusive(id, `${busy}, so it proves nothing: ${findings[0].message}`, findings);
  }
  if (!balance.whole) return inconclusive(id, `the jobs could not all be accounted for: ${ledger.gaps.join('; ')}`);
  if (isAtWork)
    return inconclusive(
      id,
      `${count(queuedUnduly, 'job')} still queued, ${mayBeQueued} allowed, and the fleet still at work when the time to work them off was up`,
    );
  const { enqueued, completed, duplicated, failed, queued, removed, lost } = balance;
  return pass(
    id,
    `${count(enqueued, 'job')}: ${completed} completed once, ${duplicated} more than once, ${failed} failed for good, ${queued} still queued, ${removed} removed, ${lost} lost${lost > 0 ? ', acknowledged and not yet on disk' : ''}`,
  );
}

/** How many jobs may be done more than once, or begun anew when they were done. */
function mostRepeated(duplicates: JobContract['duplicates']): number {
  if (typeof duplicates === 'number') return duplicates;
  return duplicates === 'effectively-once' ? 0 : Infinity;
}

function named(jobs: readonly { readonly id: string; readonly queue: string }[]): string {
  return jobs
    .slice(0, 5)
    .map(({ id: job, queue }) => `${job} of ${queue}`)
    .join(', ');
}

/** Whether something was done, or failed, shortly before the books were closed. */
function hasMovedLately(arm: ArmRecord): boolean {
  const untilT = arm.phase('account')?.ended?.t ?? Infinity;
  const seen = arm.timeline.moments.filter(({ t }) => t <= untilT);
  const end = seen.at(-1);
  const earlier = end && seen.findLast(({ s }) => s <= end.s - restMs);
  return !end || !earlier || outcomesAt(earlier) < outcomesAt(end);
}

function outcomesAt({ totals }: Moment): number {
  return totals.completed + totals.failures;
}

function tell(
  ledger: Ledger,
  fate: Parameters<Ledger['examples']>[0],
  number: number,
  what: string,
  allowed: number,
): Finding {
  const examples = ledger.examples(fate, 5).map(({ id: job, queue }) => (queue === '' ? job : `${job} of ${queue}`));
  const message = `${count(number, 'job')} ${what}, ${allowed} allowed: ${examples.join(', ')}${number > examples.length ? ', …' : ''}`;
  return { message };
}
