import type { ArmRecord } from '../../record/arm-record.ts';
import { steadyRules } from '../health.ts';
import { findSustained, type Sustained } from '../sustained.ts';
import type { Check } from '../run-report.ts';
import { fail, inconclusive, isNonEmpty, pass, seconds, type ScenarioContext } from './check.ts';

/** Every selector of the scenario must be in the runbook: a section that is gone is a failure of the runbook. */
export function checkBinding({ plan }: ScenarioContext): Check {
  const findings = plan.unbound.map(({ selector, message, location }) => ({
    message: `\`${selector}\`: ${message}`,
    location,
  }));
  return isNonEmpty(findings)
    ? fail('binding', findings)
    : pass('binding', 'every section and procedure that the scenario names is in the runbook');
}

/** The fleet must have been healthy before the fault, or nothing that follows is the fault's doing. */
export function checkSteadyState(context: ScenarioContext): Check {
  const problem = steadyStateProblem(context, context.treatment);
  if (problem !== undefined) return inconclusive('steady-state', problem);
  return pass(
    'steady-state',
    `all normal ranges held for ${seconds(steadyRules(context.rules).sustainMs)} of sandbox time before anything was done`,
  );
}

/** The fault must have been observed to bite, by somebody other than whoever injected it. */
export function checkFaultBit({ plan, treatment }: ScenarioContext): Check {
  const problem = faultProblem(treatment);
  if (problem !== undefined) return inconclusive('fault-bit', problem);
  return pass('fault-bit', `${plan.fault?.summary ?? 'the fault'}: ${treatment?.proved?.evidence ?? 'proved'}`);
}

/** Why an arm can say nothing about recovery; undefined when its premises hold. */
export function premiseProblem(context: ScenarioContext, arm: ArmRecord | undefined): string | undefined {
  return steadyStateProblem(context, arm) ?? (context.plan.fault ? faultProblem(arm) : undefined);
}

function findSteadyState(context: Pick<ScenarioContext, 'rules'>, arm: ArmRecord): Sustained | undefined {
  const baseline = arm.phase('baseline');
  if (!baseline) return undefined;
  const untilT = baseline.ended?.t ?? Infinity;
  return findSustained(arm.timeline.moments, steadyRules(context.rules), {
    fromT: baseline.started.t,
    untilT,
    lastingUntil: baseline.started.s,
  });
}

function steadyStateProblem(context: ScenarioContext, arm: ArmRecord | undefined): string | undefined {
  if (!arm) return 'the arm was not run';
  if (context.rules.thresholds.size === 0) return 'the runbook states no thresholds, so nothing says what healthy is';
  const steady = findSteadyState(context, arm);
  if (!steady) return 'there was no baseline';
  return steady.window ? undefined : `the steady state never held: ${steady.complaint.text}`;
}

function faultProblem(arm: ArmRecord | undefined): string | undefined {
  if (!arm?.proved) return 'the fault was not injected, or nothing was seen of it';
  return arm.proved.bit ? undefined : `the fault did not bite: ${arm.proved.evidence}`;
}
