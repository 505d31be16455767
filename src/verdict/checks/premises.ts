import type { ArmRecord } from '../../record/arm-record.ts';
import { steadyRules } from '../health.ts';
import { findSustained, type Sustained } from '../sustained.ts';
import type { ScenarioContext } from './check.ts';

/** Why an arm can say nothing about recovery. Undefined if the fleet was steady and the fault took effect. */
export function premiseProblem(context: ScenarioContext, arm: ArmRecord | undefined): string | undefined {
  return steadyStateProblem(context, arm) ?? (context.plan.fault ? faultProblem(arm) : undefined);
}

export function steadyStateProblem(context: ScenarioContext, arm: ArmRecord | undefined): string | undefined {
  if (!arm) return 'the arm was not run';
  if (context.rules.thresholds.size === 0) return 'the runbook states no thresholds, so nothing says what healthy is';
  const steady = findSteadyState(context, arm);
  if (!steady) return 'there was no baseline';
  return steady.window ? undefined : `the steady state never held: ${steady.complaint.text}`;
}

export function faultProblem(arm: ArmRecord | undefined): string | undefined {
  if (!arm?.proved) return 'the fault was not injected, or its effect was not observed';
  return arm.proved.bit ? undefined : `the fault took no effect: ${arm.proved.evidence}`;
}

function findSteadyState({ rules }: ScenarioContext, arm: ArmRecord): Sustained | undefined {
  const baseline = arm.phase('baseline');
  if (!baseline) return undefined;
  return findSustained(arm.timeline.moments, steadyRules(rules), {
    fromT: baseline.started.t,
    untilT: baseline.ended?.t ?? Infinity,
    lastingUntil: baseline.started.s,
  });
}
