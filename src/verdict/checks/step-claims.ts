import type { Claim, PlannedStep } from '../../history/events.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import { pairSteps, type PairedStep } from '../../record/pair-steps.ts';
import type { Check } from '../run-report.ts';
import { inconclusive, type ScenarioContext } from './check.ts';
import { premiseProblem } from './preconditions.ts';

/** A check for each step of the treatment that makes claims of this kind. */
export function checkSteps(
  context: ScenarioContext,
  name: string,
  claimsOf: (step: PlannedStep) => readonly Claim[] | undefined,
  checkStep: (id: string, claims: readonly Claim[], paired: PairedStep, arm: ArmRecord) => Check,
): readonly Check[] {
  const { plan, treatment } = context;
  const problem = premiseProblem(context, treatment);
  return pairSteps(plan, treatment).flatMap((paired) => {
    const claims = claimsOf(paired.step) ?? [];
    if (claims.length === 0) return [];
    const id = `${name}:${paired.step.address}`;
    if (problem !== undefined || !treatment) return [inconclusive(id, problem ?? 'the arm was not run')];
    return [checkStep(id, claims, paired, treatment)];
  });
}
