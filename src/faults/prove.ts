import { DeadlineError } from '../kernel/errors.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import type { InjectedFault, Proof } from './fault.ts';

/**
 * Waits for the evidence that a fault bit. No evidence in time is a fault that did not bite, not an error; anything
 * else that goes wrong heals first and is thrown.
 */
export async function prove(
  what: string,
  look: () => Promise<string | undefined>,
  heal: () => Promise<void>,
  signal: AbortSignal,
  withinMs = 15_000,
): Promise<InjectedFault> {
  let proof: Proof;
  try {
    proof = { bit: true, evidence: await pollUntil(look, { what, withinMs, signal }) };
  } catch (error) {
    if (!(error instanceof DeadlineError)) {
      await heal();
      throw error;
    }
    proof = { bit: false, evidence: error.message };
  }
  return { proof, heal };
}
