/** Parts that `report.json` and `debrief.json` have in common. */
import { z } from 'zod';

import type { Instant } from '../record/arm-record.ts';

export const location = z.strictObject({
  file: z.string(),
  line: z.int().positive(),
  column: z.int().positive().optional(),
  endLine: z.int().positive().optional(),
});

/** A duration on both clocks. */
export const span = z.strictObject({ realMs: z.number(), sandboxMs: z.number() });

export const instant = z.strictObject({
  realMs: z.number().describe('Since the start of the run, on a monotonic clock'),
  sandbox: z.iso.datetime().describe('What the clock inside the sandbox showed'),
});

export function instantOf({ t, s }: Instant): z.infer<typeof instant> {
  return { realMs: Math.round(t), sandbox: new Date(s).toISOString() };
}
