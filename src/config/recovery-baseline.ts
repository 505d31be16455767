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
  /** By time scale: a part of each recovery takes real time, so figures of one scale do not apply to another. */
  timeScales: z.record(z.string().regex(/^\d+(\.\d+)?$/, 'expected a time scale'), recoveries),
});
/** How long recovery took in the runs that the user accepted as baseline, by time scale and scenario. */
export type RecoveryBaseline = z.infer<typeof recoveryBaseline>;
export type Recoveries = z.infer<typeof recoveries>;

/** How much longer the engine and a busy machine may take than when the baseline was measured, real ms. */
const noiseMs = 5000;

/** @throws InputError `BASELINE_INVALID` if the file is no baseline */
export async function readRecoveryBaseline(file: string): Promise<RecoveryBaseline> {
  try {
    return recoveryBaseline.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new InputError('the file is not a baseline of recovery times', {
      code: 'BASELINE_INVALID',
      location: { file, line: 1 },
      next: 'write a new one with "drillbook baseline <run>"',
      cause,
    });
  }
}

/** The limit for a scenario's recovery. Undefined if the scenario was not measured at this time scale. */
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
