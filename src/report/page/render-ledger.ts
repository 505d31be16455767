import { allowedJobs, type JobContract } from '../../history/job-contract.ts';
import { jobLimits, limitNames } from '../../history/job-limits.ts';
import { oneLine } from '../../kernel/plain-text.ts';
import { count } from '../../kernel/words.ts';
import type { LedgerReport } from '../../record/ledger-report.ts';
import { markup, type Markup } from '../markup.ts';
import type { Positions } from './positions.ts';
import { renderTone } from './render-tone.ts';

/** Each job has exactly one of these. */
const fates = ['completed', 'duplicated', 'failed', 'queued', 'removed', 'lost'] as const;
const words: Readonly<Record<(typeof fates)[number], string>> = {
  completed: 'completed once',
  duplicated: 'done more than once',
  failed: 'failed for good',
  queued: 'still queued',
  removed: 'removed by a procedure',
  lost: 'lost',
};

const mostNamed = 20;

interface LedgerInput {
  readonly ledger: LedgerReport;
  readonly contract: JobContract;
  /** Name of the file beside the page that has every lost job. */
  readonly file: string;
}

/** What became of the jobs of an arm: each job's fate, and each limit of the scenario's contract. */
export function renderLedger({ ledger, contract, file }: LedgerInput, positions: Positions): Markup {
  const { enqueued, whole, lostJobs } = ledger;
  const parts = fates.filter((fate) => ledger[fate] > 0);
  const bar = parts.map(
    (fate) =>
      markup`<span class="fate ${fate} ${positions.size(Math.max(0.01, ledger[fate] / Math.max(1, enqueued)))}" title="${words[fate]}: ${ledger[fate]}"></span>`,
  );
  const key = fates.map(
    (fate) => markup`<li><span class="fate-key ${fate}"></span>${words[fate]} <b>${ledger[fate]}</b></li>`,
  );
  const rows = limitNames.map((name) => {
    const [found, allowed] = [ledger[name], allowedJobs(name, contract)];
    // The check `ledger` knows the exceptions, so it alone has the verdict.
    const over = found > allowed ? renderTone('unclear', 'see the check `ledger`') : undefined;
    return markup`<tr><th scope="row">${jobLimits[name].what}<td class="number">${found}<td class="number">${allowed === Infinity ? 'any' : allowed}<td>${over}\n`;
  });
  const named = lostJobs
    .slice(0, mostNamed)
    .map(({ id, queue }) => markup`<li><code>${oneLine(id, 80)}</code> of ${oneLine(queue, 80)}</li>`);
  return markup`<p>${count(enqueued, 'job')} of the load. ${whole ? 'Queues and effects were read to the end.' : renderTone('unclear', 'Queues or effects could not be read to the end, so these numbers prove little.')}</p>
<div class="fates" aria-hidden="true">${bar}</div>
<ul class="key">${key}</ul>
<details><summary>Limits of the contract</summary><div class="wide" tabindex="0" role="group" aria-label="Limits of the contract"><table><thead><tr><th scope="col">jobs …<th scope="col" class="number">found<th scope="col" class="number">allowed<td>
<tbody>${rows}</table></div></details>
${named.length === 0 ? undefined : markup`<p>Lost:</p><ul>${named}</ul>${lostJobs.length > mostNamed ? markup`<p class="why">and ${lostJobs.length - mostNamed} more in ${file}</p>` : undefined}`}`;
}
