import path from 'node:path';

import type { Location } from '../kernel/errors.ts';
import type { Check, Finding } from '../verdict/run-report.ts';
import { oneLine } from '../kernel/plain-text.ts';
import { errorLine } from './error-line.ts';

/** `file:line` that a terminal can open. Relative if the file is below the working folder or its parent. */
export function place({ file, line }: Pick<Location, 'file' | 'line'>, cwd: string): string {
  const relative = path.isAbsolute(file) ? path.relative(cwd, file) : file;
  const shown = relative.startsWith(`..${path.sep}..${path.sep}`) ? file : relative;
  return `${oneLine(shown)}:${line}`;
}

/** One finding in one line: where, what, why, and the error that the command printed. */
export function explainFinding(finding: Finding, cwd: string): string {
  const where = finding.location ? `${place(finding.location, cwd)}  ` : '';
  const why = finding.cause === undefined ? '' : `: ${oneLine(finding.cause)}`;
  // The output of a command that was stopped by force does not explain why it was stopped.
  const said = finding.output === undefined || finding.exitCode === null ? '' : errorLine(finding.output);
  return `${where}${oneLine(finding.message)}${why}${said === '' ? '' : ` (${finding.outputOf ? 'its pipeline' : 'it'} printed: ${oneLine(said, 120)})`}`;
}

/** Why a check did not pass: its findings, or its message if it has none. */
export function explainCheck(check: Check, cwd: string): readonly string[] {
  const [first, ...others] = check.findings;
  if (!first) return [`${oneLine(check.id)}: ${oneLine(check.message, 400)}`];
  // Only the message of the check says why something is inconclusive.
  const shown = check.verdict === 'inconclusive' ? { ...first, message: check.message } : first;
  return [shown, ...others].map((finding) => explainFinding(finding, cwd));
}

/** The checks that did not pass: failed ones first, then inconclusive ones, each in their own order. */
export function unmetChecks(checks: readonly Check[]): readonly Check[] {
  const rank = ({ verdict }: Check): number => (verdict === 'fail' ? 0 : 1);
  return checks.filter(({ verdict }) => verdict !== 'pass').toSorted((a, b) => rank(a) - rank(b));
}
