import type { ArmRecord, Instant, ProcedureRecord } from '../record/arm-record.ts';
import type { HealthRules } from './health.ts';
import type { HealthSpec, ScenarioPlan } from '../history/events.ts';
import type { ScenarioReport } from './run-report.ts';
import { findSustained, type Sustained } from './sustained.ts';

/** Whether the fleet must be healthy at the end: a fault is to be cured, or maintenance is to do no harm. */
export function mustEndHealthy({ fault, maintenance }: ScenarioPlan): boolean {
  return fault !== undefined || maintenance !== undefined;
}

/** Procedures that must leave the fleet healthy: the cure of a broken fleet, or maintenance of a healthy one. */
function mustLeaveHealthy({ started }: ProcedureRecord): boolean {
  return started.purpose === 'recovery' || started.purpose === 'maintenance';
}

/** When recovery began: with its first procedure, or with its phase if no procedure ran. */
export function recoveryStart(arm: ArmRecord): Instant | undefined {
  return arm.procedures.find(mustLeaveHealthy)?.started ?? arm.phase('recover')?.started;
}

/** When the last recovery procedure ended, or when recovery began if none ended. */
export function recoveryEnd(arm: ArmRecord): Instant | undefined {
  const last = arm.procedures.findLast(mustLeaveHealthy);
  return last?.ended ?? recoveryStart(arm);
}

/** The end of the watch. After it the load stops and the jobs are counted. */
export function watchEnd(arm: ArmRecord): Instant | undefined {
  return arm.phase('account')?.started ?? arm.phase('settle')?.ended ?? arm.ended ?? arm.last;
}

export interface Recovery {
  readonly begun: Instant;
  /** By when lasting health must have begun, sandbox ms since 1970. */
  readonly deadlineS: number;
  readonly until: Instant;
  readonly outcome: Sustained;
}

/**
 * Looks for lasting health from the start of recovery. The window may begin while the procedure still runs, but must
 * outlast it by `sustainMs`, because the procedure's last command may break the fleet again.
 */
export function findRecovery(arm: ArmRecord, rules: HealthRules, spec: HealthSpec): Recovery | undefined {
  const [begun, ended, until] = [recoveryStart(arm), recoveryEnd(arm), watchEnd(arm)];
  if (!begun || !ended || !until) return undefined;
  const search = { fromT: begun.t, untilT: until.t, lastingUntil: ended.s + rules.sustainMs };
  return {
    begun,
    deadlineS: ended.s + spec.withinMs,
    until,
    outcome: findSustained(arm.timeline.moments, rules, search),
  };
}

/** Recovery time on both clocks, since the procedure began and since the fault was injected. */
export function recoveryTimes(arm: ArmRecord, recovery: Recovery | undefined): ScenarioReport['recovery'] {
  const healthy = recovery?.outcome.window?.start;
  const fault = arm.injecting ?? arm.proved;
  if (!recovery || !healthy || !fault) return null;
  return { sinceProcedure: between(recovery.begun, healthy), sinceFault: between(fault, healthy) };
}

export function between(from: Instant, to: Instant): { readonly realMs: number; readonly sandboxMs: number } {
  return { realMs: Math.round(to.t - from.t), sandboxMs: Math.round(to.s - from.s) };
}
