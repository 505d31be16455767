import { createHash } from 'node:crypto';
import { z } from 'zod';

import { herringKinds, type ScenarioPlan } from '../../history/events.ts';
import { InputError } from '../../kernel/errors.ts';
import type { DrillRecord } from '../../record/drill-record.ts';
import type { Debrief } from './debrief.ts';

/**
 * Hex digest that commits to a plan before the drill without showing it. The nonce keeps others from finding the plan
 * by trying every plan that there is.
 */
export function sealOf(plan: string, nonce: string): string {
  return createHash('sha256').update(`${nonce}\n${plan}`).digest('hex');
}

const sealedPlan = z
  .object({
    /** Digest of the scenarios and the runbook that the plan was drawn from. */
    catalogue: z.string(),
    seed: z.number(),
    level: z.number(),
    /** Its id; null if nothing is broken. */
    scenario: z.string().nullable(),
    /** From the open shell to the incident, sandbox ms. */
    quietMs: z.number(),
    /** A facilitator lets the incident come. Absent: it comes after the quiet time. */
    manual: z.boolean().optional(),
    /** The red herring. Absent: there is none. */
    herring: z.enum(herringKinds).optional(),
  })
  .readonly();

/** A plan as the text that is sealed. */
export type SealedPlan = z.infer<typeof sealedPlan>;

/**
 * Opens the seal of a drill and compares the plan with what was played.
 * @param played undefined: the drill died before it came to that
 * @param file of the history
 * @returns null if the drill died before the seal was opened
 * @throws InputError `DRILL_SEAL` if the seal does not fit
 */
export function openSeal(
  { started, revealed, quiet, triggered, herring }: DrillRecord,
  played: ScenarioPlan | undefined,
  file: string | undefined,
): Debrief['seal']['opened'] {
  if (!started || !revealed) return null;
  const broken = (what: string): InputError =>
    new InputError(`the seal of the drill is broken: ${what}`, {
      code: 'DRILL_SEAL',
      ...(file === undefined ? {} : { location: { file, line: 1 } }),
      next: 'the record was changed after the drill; trust no result of it',
    });
  if (sealOf(revealed.plan, revealed.nonce) !== started.seal)
    throw broken('the digest that was shown is not that of the plan and the nonce');
  const plan = sealedPlan.parse(JSON.parse(revealed.plan));
  if (plan.level !== started.level) throw broken('the sealed level is another one');
  if (quiet && quiet.ms !== plan.quietMs) throw broken('the sealed quiet time is another one');
  if (triggered && plan.manual !== true) throw broken('an order let the incident come, and the sealed plan has none');
  if (herring && herring.kind !== plan.herring) throw broken('another red herring was sealed');
  const playedId = played?.fault ? played.id : null;
  if (played && plan.scenario !== playedId) throw broken('another scenario was sealed than the one that was played');
  const { seed, catalogue, quietMs } = plan;
  return { plan: revealed.plan, nonce: revealed.nonce, seed, catalogue, quietMs };
}
