import type { CellOutcome, Finding } from '../alerts/alerts-report.ts';
import { oneLine } from '../kernel/plain-text.ts';
import type { Verdict } from '../kernel/verdict.ts';
import { place } from './explain.ts';
import { markup, type Markup } from './markup.ts';

/** A word with a color. */
export function renderOutcome(outcome: CellOutcome | Verdict | Finding['severity']): Markup {
  return markup`<span class="pill ${outcome}">${outcome}</span>`;
}

/** A list, or nothing. */
export function renderFindings(findings: readonly Finding[], cwd: string): Markup | undefined {
  if (findings.length === 0) return undefined;
  const items = findings.map(({ severity, message, locations }) => {
    const where = locations.map((location) => place(location, cwd)).join(' and ');
    return markup`<li>${renderOutcome(severity)}<div>${oneLine(message, 1000)}${where === '' ? undefined : markup`<span class="place">${where}</span>`}</div></li>\n`;
  });
  return markup`<ul class="findings">${items}</ul>`;
}
