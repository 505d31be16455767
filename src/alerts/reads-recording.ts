import type { RecordingRule } from '../runbook/runbook.ts';
import { inspectExpr } from './inspect-expr.ts';

/** Why an expression that may read a recording rule cannot be judged, as a clause. Undefined if it reads none. */
export function recordingProblem(expr: string, recordings: readonly RecordingRule[]): string | undefined {
  if (recordings.length === 0) return undefined;
  const { selectors } = inspectExpr(expr);
  const read = recordings.find(({ name }) => selectors.some(({ metric }) => metric === undefined || metric === name));
  return read && `it may read the recording rule ${read.name}, which is not run`;
}
