import { DeadlineError } from '../kernel/errors.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import type { InjectedFault, Proof } from './fault.ts';

/**
 * Waits for the evidence that a fault took effect. If none comes in time, the fault had no effect, which is no error.
 * On any other failure it heals first and then throws.
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
    proof = { tookEffect: true, evidence: await pollUntil(look, { what, withinMs, signal }) };
  } catch (error) {
    if (!(error instanceof DeadlineError)) {
      await heal();
      throw error;
    }
    proof = { tookEffect: false, evidence: error.message };
  }
  return { proof, heal };
}
