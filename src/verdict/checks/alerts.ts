import type { AlertFacts } from '../../alerts/alert-facts.ts';
import { count } from '../../kernel/words.ts';
import type { Check, Finding } from '../run-report.ts';
import { fail, isNonEmpty, pass } from './check.ts';

const id = 'alerts';

/**
 * What speaks against the alert rules of the runbook, by what the run recorded anyway. What it could not show is listed
 * in the report and decides nothing: `drillbook alerts test` is made to show it.
 */
export function checkAlerts({ findings, rules, notJudged }: AlertFacts): Check {
  const found = findings.map(({ message, locations: [first, ...others] }): Finding => {
    const also = others.map(({ line }) => ` (see line ${line} too)`).join('');
    return { message: `${message}${also}`, ...(first ? { location: first } : {}) };
  });
  if (isNonEmpty(found)) return fail(id, found);
  const open = notJudged.length === 0 ? '' : '; the report lists what this run could not show';
  return pass(id, `nothing speaks against ${count(rules.length, 'alert rule')}${open}`);
}
