import path from 'node:path';

import type { Location } from '../kernel/errors.ts';
import type { Check, Finding } from '../verdict/run-report.ts';
import { oneLine } from '../kernel/plain-text.ts';
import { errorLine } from './error-line.ts';

/** A place as a person can click it: relative to where they stand when it lies below. */
function place({ file, line }: Pick<Location, 'file' | 'line'>, cwd: string): string {
  const relative = path.isAbsolute(file) ? path.relative(cwd, file) : file;
  const shown = relative.startsWith(`..${path.sep}..${path.sep}`) ? file : relative;
  return `${oneLine(shown)}:${line}`;
}

/** One finding in one line: where, what, why, and what was printed. */
export function explainFinding(finding: Finding, cwd: string): string {
  const where = finding.location ? `${place(finding.location, cwd)}  ` : '';
  const why = finding.cause === undefined ? '' : `: ${oneLine(finding.cause)}`;
  // What a command that was ended by force had printed says nothing of why.
  const said = finding.output === undefined || finding.exitCode === null ? '' : errorLine(finding.output);
  return `${where}${oneLine(finding.message)}${why}${said === '' ? '' : ` (it printed: ${oneLine(said, 120)})`}`;
}

/** What speaks against a check: its findings, or its message when there is none to name. */
export function explainCheck(check: Check, cwd: string): readonly string[] {
  const [first, ...others] = check.findings;
  if (!first) return [`${oneLine(check.id)}: ${oneLine(check.message, 400)}`];
  // Why something proves nothing is told by its check alone.
  const told = check.verdict === 'inconclusive' ? { ...first, message: check.message } : first;
  return [told, ...others].map((finding) => explainFinding(finding, cwd));
}

/** The checks that did not pass, the worst and the most telling first. */
export function unmetChecks(checks: readonly Check[]): readonly Check[] {
  const rank = ({ verdict }: Check): number => (verdict === 'fail' ? 0 : 1);
  return checks.filter(({ verdict }) => verdict !== 'pass').toSorted((a, b) => rank(a) - rank(b));
}
