import type { RunStarted } from '../../history/events.ts';
import type { ScenarioRecord } from '../../record/run-record.ts';
import { controlArm } from '../checks/control-arm.ts';
import { judgeScenario } from '../judge-scenario.ts';
import { healthRules } from '../health.ts';
import { findRecovery, recoveryTimes } from '../recovery.ts';
import type { Debrief } from './debrief.ts';

/** The id of the scenario in which the runbook's own procedure plays the same incident. */
export function parId(scenario: string): string {
  return `${scenario}-par`;
}

/**
 * What the runbook's own procedure needed on the same fleet. If it fails its own drill, there is no par, and the
 * reasons say why. A drill has no control arm.
 */
export function findPar(run: RunStarted, played: ScenarioRecord | undefined): Debrief['par'] {
  const arm = played?.arms.treatment;
  if (!played || !arm) return null;
  const { plan } = played;
  const recovery = findRecovery(arm, healthRules(run, plan.health), plan.health);
  const times = recoveryTimes(arm, recovery);
  const unmet = judgeScenario(run, played).checks.filter(
    ({ id, verdict }) => verdict !== 'pass' && id !== controlArm.id,
  );
  return {
    ok: times !== null && unmet.length === 0,
    reasons: unmet.map(({ id, message }) => `${id}: ${message}`),
    sinceFault: times?.sinceFault ?? null,
    sinceProcedure: times?.sinceProcedure ?? null,
  };
}
