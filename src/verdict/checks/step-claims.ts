import { readClaim, type ReadableClaim } from '../../claims/claims.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import { pairSteps, type PairedStep } from '../../record/pair-steps.ts';
import { watchEnd } from '../recovery.ts';
import type { Check } from '../run-report.ts';
import { inconclusive, type ScenarioContext } from './check.ts';
import { premiseProblem } from './premises.ts';

/** Judges the claims of one step. */
export type CheckStep = (stepId: string, claims: readonly ReadableClaim[], paired: PairedStep, arm: ArmRecord) => Check;

/** A check for each step of the treatment that makes claims of this kind. */
export function checkSteps(
  context: ScenarioContext,
  kind: { readonly id: string; readonly key: 'achieves' | 'throughout' },
  checkStep: CheckStep,
): readonly Check[] {
  const { plan, treatment } = context;
  const problem = premiseProblem(context, treatment);
  return pairSteps(plan, treatment).flatMap((paired) => {
    const claims = paired.step[kind.key] ?? [];
    if (claims.length === 0) return [];
    const stepId = `${kind.id}:${paired.step.address}`;
    if (problem !== undefined || !treatment) return [inconclusive(stepId, problem ?? 'the arm was not run')];
    return [checkStep(stepId, claims.map(readClaim), paired, treatment)];
  });
}

/** Until when a step's claims are asked: the next step began, or the arm was no longer watched. Real ms. */
export function untilNextStep(arm: ArmRecord, endedT: number): number {
  const next = arm.procedures.find(({ started }) => started.t >= endedT)?.started;
  return (next ?? watchEnd(arm))?.t ?? Infinity;
}
