import { createHash } from 'node:crypto';

/**
 * Hex digest that commits to a plan before the drill without showing it. The nonce keeps others from finding the plan
 * by trying every plan that there is.
 */
export function sealOf(plan: string, nonce: string): string {
  return createHash('sha256').update(`${nonce}\n${plan}`).digest('hex');
}

/** A plan as the text that is sealed. */
export interface SealedPlan {
  /** Digest of the scenarios and the runbook that the plan was drawn from. */
  readonly catalogue: string;
  readonly seed: number;
  readonly level: number;
  /** Its id; null if nothing is broken. */
  readonly scenario: string | null;
  /** From the open shell to the incident, sandbox ms. */
  readonly quietMs: number;
}
