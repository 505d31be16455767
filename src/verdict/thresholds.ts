import type { RunStarted, ThresholdRow } from '../history/events.ts';

/**
 * Whether the runbook is about something else than the queues: it neither states thresholds for them nor has alert
 * rules. A runbook that has rules and no table has lost its table.
 */
export function statesNoThresholds({ runbook }: Pick<RunStarted, 'runbook'>): boolean {
  const { thresholds, alerts, notUnderstood = [] } = runbook;
  if (!alerts || alerts.rules.length + alerts.problems.length > 0) return false;
  return thresholds.length === 0 && notUnderstood.every(({ threshold }) => threshold === undefined);
}

/** What healthy is: the runbook's thresholds, or the agreed ones if it is about something else. */
export function thresholdsOf(run: Pick<RunStarted, 'runbook' | 'pinnedThresholds'>): readonly ThresholdRow[] {
  return statesNoThresholds(run) ? run.pinnedThresholds : run.runbook.thresholds;
}
