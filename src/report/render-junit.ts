import type { Check, RunReport } from '../verdict/run-report.ts';
import { explainCheck } from './explain.ts';
import { escapeMarkup as escape } from './markup.ts';

interface Suite {
  readonly name: string;
  readonly checks: readonly Check[];
  readonly seconds: number;
}

/**
 * JUnit XML: one suite per scenario and one for the run, one case per check.
 * An inconclusive check is an `error`: CI must not show it as passed.
 */
export function renderJunit(report: RunReport): string {
  const suites: readonly Suite[] = [
    ...report.scenarios.map(({ id, checks, duration }) => ({
      name: id,
      checks,
      seconds: (duration?.realMs ?? 0) / 1000,
    })),
    { name: 'run', checks: report.checks, seconds: 0 },
  ];
  const body = suites.map(renderSuite).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="drillbook" ${countsOf(suites.flatMap(({ checks }) => checks))}>\n${body}</testsuites>\n`;
}

function renderSuite({ name, checks, seconds }: Suite): string {
  const cases = checks.map((check) => renderCase(name, check)).join('');
  return `  <testsuite name="${escape(name)}" ${countsOf(checks)} time="${seconds.toFixed(3)}">\n${cases}  </testsuite>\n`;
}

function countsOf(checks: readonly Check[]): string {
  const count = (verdict: string): number => checks.filter((check) => check.verdict === verdict).length;
  return `tests="${checks.length}" failures="${count('fail')}" errors="${count('inconclusive')}"`;
}

function renderCase(suite: string, check: Check): string {
  const head = `    <testcase classname="${escape(suite)}" name="${escape(check.id)}"`;
  if (check.verdict === 'pass') return `${head}/>\n`;
  const element = check.verdict === 'fail' ? 'failure' : 'error';
  const text = escape(explainCheck(check, '').join('\n'));
  return `${head}>\n      <${element} type="${check.verdict}" message="${escape(check.message)}">${text}</${element}>\n    </testcase>\n`;
}
