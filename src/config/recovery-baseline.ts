import { readFile } from 'node:fs/promises';
import { z } from 'zod';

import type { RecoveryLimit } from '../history/events.ts';
import { InputError } from '../kernel/errors.ts';

const recoveries = z.record(
  z.string(),
  z.strictObject({
    /** The slowest of the runs, sandbox ms. */
    slowestMs: z.number().nonnegative(),
    runs: z.int().positive(),
  }),
);
const recoveryBaseline = z.strictObject({
  /** A recovery is partly the machine's own time, so that figures of one time scale say nothing of another. */
  timeScales: z.record(z.string().regex(/^\d+(\.\d+)?$/, 'expected a time scale'), recoveries),
});
/** How long recovery took, by time scale and scenario, in runs that somebody was content with. */
export type RecoveryBaseline = z.infer<typeof recoveryBaseline>;
export type Recoveries = z.infer<typeof recoveries>;

/** What the engine and a busy machine may take longer than when the baseline was measured, real ms. */
const noiseMs = 5000;

/** @throws InputError when the file is there and is no baseline */
export async function readRecoveryBaseline(file: string): Promise<RecoveryBaseline> {
  try {
    return recoveryBaseline.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new InputError('it is no baseline of recovery times', {
      code: 'BASELINE_INVALID',
      location: { file, line: 1 },
      next: '"drillbook baseline <run>" writes one',
      cause,
    });
  }
}

/** The limit for a scenario's recovery; undefined where nothing was measured at this time scale. */
export function recoveryLimit(
  baseline: RecoveryBaseline,
  scenario: string,
  { timeScale, budget }: { readonly timeScale: number; readonly budget: number },
): RecoveryLimit | undefined {
  const known = baseline.timeScales[timeScale]?.[scenario];
  if (!known) return undefined;
  return {
    baselineMs: known.slowestMs,
    limitMs: Math.round(known.slowestMs * (1 + budget) + noiseMs * timeScale),
  };
}
