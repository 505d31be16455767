import { exitCode, type ExitCode } from './errors.ts';

/** From best to worst: a fail beats an inconclusive, which beats a pass. */
export const verdicts = ['pass', 'inconclusive', 'fail'] as const;
export type Verdict = (typeof verdicts)[number];

/** The worst of the verdicts. No verdict at all proves nothing, so it is inconclusive. */
export function combine(values: Iterable<Verdict>): Verdict {
  let worst = -1;
  for (const value of values) worst = Math.max(worst, verdicts.indexOf(value));
  return verdicts[worst] ?? 'inconclusive';
}

export function exitCodeOf(verdict: Verdict): ExitCode {
  return { pass: exitCode.passed, fail: exitCode.failed, inconclusive: exitCode.inconclusive }[verdict];
}
