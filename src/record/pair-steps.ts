import type { PlannedStep, ScenarioPlan } from '../history/events.ts';
import type { ArmRecord, ProcedureRecord } from './arm-record.ts';

export interface PairedStep {
  readonly step: PlannedStep;
  readonly purpose: 'diagnosis' | 'recovery' | 'maintenance';
  /** Undefined if the step was not run. */
  readonly record: ProcedureRecord | undefined;
}

/** Each step of the treatment with the record of its run. A block can be planned twice; each run has one step. */
export function pairSteps(plan: ScenarioPlan, arm: ArmRecord | undefined): readonly PairedStep[] {
  const open = [...(arm?.procedures ?? [])];
  const planned = [
    ...plan.diagnosis.map((step) => ({ step, purpose: 'diagnosis' as const })),
    ...plan.recovery.map((step) => ({ step, purpose: 'recovery' as const })),
    ...(plan.maintenance ?? []).map((step) => ({ step, purpose: 'maintenance' as const })),
  ];
  return planned.map(({ step, purpose }) => {
    const index = open.findIndex(({ started }) => started.address === step.address && started.purpose === purpose);
    return { step, purpose, record: index === -1 ? undefined : open.splice(index, 1)[0] };
  });
}
