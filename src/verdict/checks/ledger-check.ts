import type { Ledger } from '../ledger.ts';
import type { Check, Finding } from '../run-report.ts';
import { count, fail, inconclusive, isNonEmpty, pass, type ScenarioContext } from './check.ts';

const id = 'ledger';

/** Every acknowledged job accounted for, within what the scenario's contract allows. */
export function checkLedger({ plan, treatment }: ScenarioContext): Check {
  if (!treatment) return inconclusive(id, 'no job was enqueued, so none was accounted for');
  const { ledger } = treatment;
  const balance = ledger.balance();
  if (balance.enqueued === 0) return inconclusive(id, 'no job was enqueued, so none was accounted for');
  const findings: Finding[] = [];
  const lostFate = plan.jobs.unsynced ? 'lost-synced' : 'lost';
  const unduly = ledger.examples(lostFate, Infinity).length;
  if (balance.whole && unduly > plan.jobs.lost) findings.push(tell(ledger, lostFate, unduly, 'lost', plan.jobs.lost));
  if (balance.removed > plan.jobs.removed)
    findings.push(tell(ledger, 'removed', balance.removed, 'removed', plan.jobs.removed));
  const { removedFrom } = plan.jobs;
  if (removedFrom) {
    const elsewhere = ledger.examples('removed', Infinity).filter(({ queue }) => !removedFrom.includes(queue));
    if (elsewhere.length > 0) {
      const example = elsewhere.slice(0, 5).map(({ id: job, queue }) => `${job} of ${queue}`);
      findings.push({
        message: `${count(elsewhere.length, 'job')} removed from queues that nothing was to be removed from: ${example.join(', ')}`,
      });
    }
  }
  // While the books are open, what failed may yet be retried.
  if (balance.whole && balance.failed > plan.jobs.failed)
    findings.push(tell(ledger, 'failed', balance.failed, 'failed for good', plan.jobs.failed));
  const { stalled = Infinity } = plan.jobs;
  if (balance.stalled > stalled) findings.push(tell(ledger, 'stalled', balance.stalled, 'found stalled', stalled));
  if (plan.jobs.duplicates === 'effectively-once') {
    if (balance.duplicated > 0) findings.push(tell(ledger, 'duplicated', balance.duplicated, 'done more than once', 0));
    if (balance.resurrected > 0)
      findings.push(tell(ledger, 'resurrected', balance.resurrected, 'completed and then queued again', 0));
  }
  if (balance.whole && balance.withoutEffect > 0) {
    findings.push({
      message: `${count(balance.withoutEffect, 'job')} completed according to BullMQ, yet their effect never arrived`,
    });
  }
  if (isNonEmpty(findings)) return fail(id, findings);
  if (!balance.whole) return inconclusive(id, `the jobs could not all be accounted for: ${ledger.gaps.join('; ')}`);
  const { enqueued, completed, duplicated, failed, queued, removed, lost } = balance;
  return pass(
    id,
    `${count(enqueued, 'job')}: ${completed} completed once, ${duplicated} more than once, ${failed} failed for good, ${queued} still queued, ${removed} removed, ${lost} lost${lost > 0 ? ', acknowledged and not yet on disk' : ''}`,
  );
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
