import type { Instant } from '../../record/arm-record.ts';
import type { Debrief } from './debrief.ts';

export type InstantReport = NonNullable<Debrief['milestones'][number]['at']>;

/** A moment as the debrief has it. */
export function momentOf({ t, s }: Instant): InstantReport {
  return { realMs: Math.round(t), sandbox: new Date(s).toISOString() };
}
