import type { RunStarted } from '../history/events.ts';
import type { ArmRecord, Instant } from '../record/arm-record.ts';
import { checkAchieved } from './checks/achieved.ts';
import { checkBlastRadius } from './checks/blast-radius.ts';
import { busyMachine } from './cpu-pressure.ts';
import { attempt, inconclusive, type ScenarioContext } from './checks/check.ts';
import { checkComplete } from './checks/complete.ts';
import { checkControlArm } from './checks/control-arm.ts';
import { checkLedger } from './checks/ledger.ts';
import { checkOrder } from './checks/order.ts';
import { checkNoWedge } from './checks/no-wedge.ts';
import { checkBinding, checkFaultBit, checkSteadyState } from './checks/preconditions.ts';
import { checkProcedures } from './checks/procedures.ts';
import { checkRecovered } from './checks/recovered.ts';
import { checkRecoveryTime } from './checks/recovery-time.ts';
import { checkRepeated } from './checks/repeated.ts';
import { checkShows } from './checks/shows.ts';
import { checkSymptoms } from './checks/symptoms.ts';
import { checkThroughout } from './checks/throughout.ts';
import { checkWalls } from './checks/walls.ts';
import { healthRules } from './health.ts';
import { between, findRecovery, recoveryTimes } from './recovery.ts';
import type { ScenarioRecord } from '../record/run-record.ts';
import type { Check, ProcedureReport, ScenarioReport } from './run-report.ts';
import { combine } from '../kernel/verdict.ts';

export function judgeScenario(run: RunStarted, { plan, arms }: ScenarioRecord): ScenarioReport {
  const rules = healthRules(run, plan.health);
  const context: ScenarioContext = { run, plan, rules, treatment: arms.treatment, control: arms.control };
  const { treatment, control } = arms;
  const brokenOff = treatment?.brokenOff ?? control?.brokenOff;
  const checks = carryOut(context)
    .map((check) => (brokenOff === undefined ? check : excuse(check, 'the run broke off meanwhile')))
    .map((check) => excuseLateness(check, busyMachine(treatment)));
  const started = treatment?.started ?? null;
  const after = control?.recalled ? undefined : control;
  const ended = after?.ended ?? after?.last ?? treatment?.ended ?? treatment?.last;
  return {
    id: plan.id,
    title: plan.title,
    file: plan.file,
    sections: [...plan.sections],
    fault: plan.fault ? { kind: plan.fault.kind, summary: plan.fault.summary } : null,
    verdict: combine(checks.map(({ verdict }) => verdict)),
    started: started && instantOf(started),
    duration: started && ended ? between(started, ended) : null,
    recovery:
      treatment && plan.recovery.length > 0
        ? recoveryTimes(treatment, findRecovery(treatment, rules, plan.health))
        : null,
    checks: [...checks],
    procedures: [...proceduresOf('treatment', treatment), ...proceduresOf('control', control)],
    ledger: treatment?.ledger.balance() ?? null,
  };
}

/** A scenario whose selectors lead nowhere is not run, and there is nothing else to say of it. */
function carryOut(context: ScenarioContext): readonly Check[] {
  const { plan } = context;
  const binding = attempt('binding', () => checkBinding(context));
  if (plan.unbound.length > 0) return binding;
  const mustEndHealthy = plan.fault !== undefined || plan.maintenance !== undefined;
  return [
    ...binding,
    ...attempt('steady-state', () => checkSteadyState(context)),
    ...(plan.fault ? attempt('fault-bit', () => checkFaultBit(context)) : []),
    ...attempt('symptoms', () => checkSymptoms(context)),
    ...attempt('procedures', () => checkProcedures(context)),
    ...attempt('shows', () => checkShows(context)),
    ...attempt('achieved', () => checkAchieved(context)),
    ...attempt('throughout', () => checkThroughout(context)),
    ...attempt('walls', () => checkWalls(context)),
    ...(mustEndHealthy ? attempt('recovered', () => checkRecovered(context)) : []),
    ...attempt('recovery-time', () => checkRecoveryTime(context)),
    ...(mustEndHealthy ? attempt('no-wedge', () => checkNoWedge(context)) : []),
    ...attempt('blast-radius', () => checkBlastRadius(context)),
    ...attempt('ledger', () => checkLedger(context)),
    ...attempt('order', () => checkOrder(context)),
    ...(plan.recovery.length > 0 ? attempt('control-arm', () => checkControlArm(context)) : []),
    ...attempt('repeat', () => checkRepeated(context)),
    ...attempt('complete', () => checkComplete(context)),
  ];
}

/** What failed in an arm in which the ground was pulled away (the engine died) may have failed for that reason alone. */
function excuse(check: Check, reason: string): Check {
  return check.verdict === 'fail'
    ? inconclusive(check.id, `${reason}, so it proves nothing: ${check.message}`, check.findings)
    : check;
}

/** Checks that ask whether something came in time. */
const timed = /^(symptom:|achieved:|recovered$|recovery-time$|no-wedge$|repeat:)/;

/** On a machine that is too busy, whatever has to come in time may fail for that reason alone. */
function excuseLateness(check: Check, reason: string | undefined): Check {
  return reason !== undefined && timed.test(check.id) ? excuse(check, reason) : check;
}

function instantOf({ t, s }: Instant): { readonly realMs: number; readonly sandbox: string } {
  return { realMs: Math.round(t), sandbox: new Date(s).toISOString() };
}

function proceduresOf(arm: 'treatment' | 'control', record: ArmRecord | undefined): readonly ProcedureReport[] {
  return (record?.procedures ?? []).map(({ started, commands, ended }) => ({
    address: started.address,
    purpose: started.purpose,
    arm,
    location: started.location,
    args: [...started.args],
    ended: ended?.ended ?? null,
    exitCode: ended?.exitCode ?? null,
    durationMs: ended?.durationMs ?? null,
    // A recalled arm left its transcripts in the folder of its own run.
    transcript: record?.recalled ? null : (ended?.cast ?? null),
    commands: commands.map(({ location, text, role, pipeIndex, exitCode, cut, durationMs }) => ({
      file: location.file,
      line: location.line,
      ...(location.endLine === undefined ? {} : { endLine: location.endLine }),
      text,
      role,
      ...(pipeIndex === undefined ? {} : { pipeIndex }),
      exitCode,
      cut,
      durationMs,
    })),
  }));
}
