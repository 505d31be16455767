/**
 * Judges one scenario from its record.
 *
 * 1. Every check of the table (`checks/checks.ts`) that applies to the scenario is run. A check that throws is
 *    inconclusive.
 * 2. A failure becomes inconclusive if the run broke off meanwhile, or if it came too late on a machine that is too
 *    busy.
 * 3. The worst verdict is the scenario's: fail, then inconclusive, then pass.
 */
import type { RunStarted, Touches } from '../history/events.ts';
import { combine } from '../kernel/verdict.ts';
import type { ScenarioRecord } from '../record/run-record.ts';
import { binding } from './checks/binding.ts';
import { touchedBy } from './checks/blast-radius.ts';
import { attempt, excuse, type ScenarioCheck, type ScenarioContext } from './checks/check.ts';
import { checks as table } from './checks/checks.ts';
import { busyMachine } from '../record/cpu-pressure.ts';
import { healthRules } from './health.ts';
import { describeProcedures } from './describe-procedures.ts';
import { between, findRecovery, recoveryTimes } from './recovery.ts';
import { instantOf } from './report-parts.ts';
import type { Check, ScenarioReport } from './run-report.ts';

export function judgeScenario(run: RunStarted, { plan, arms }: ScenarioRecord): ScenarioReport {
  const { treatment, control } = arms;
  const rules = healthRules(run, plan.health);
  const context: ScenarioContext = { run, plan, rules, treatment, control };
  const checks = runChecks(context);
  const touched = touchedBy(context);
  const started = treatment?.started ?? null;
  // The times of a recalled control arm are those of another run.
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
    checks,
    procedures: [...describeProcedures('treatment', treatment), ...describeProcedures('control', control)],
    ledger: treatment?.ledger.balance() ?? null,
    ...(touched ? { touched: plainTouches(touched) } : {}),
  };
}

function plainTouches({ services, queues, redis, ...atOnce }: Touches): NonNullable<ScenarioReport['touched']> {
  return { services: [...services], ...atOnce, queues: [...queues], redis: [...redis] };
}

function runChecks(context: ScenarioContext): Check[] {
  const { plan, treatment, control } = context;
  const brokenOff = treatment?.brokenOff ?? control?.brokenOff;
  const busy = busyMachine(treatment);
  // A scenario that names something the runbook lacks is not run, so nothing else can be judged.
  const applicable = plan.unbound.length > 0 ? [binding] : table.filter((entry) => entry.appliesTo?.(plan) ?? true);
  const excused = (check: Check, { timeBound }: ScenarioCheck): Check => {
    if (brokenOff !== undefined) return excuse(check, 'the run broke off meanwhile');
    return timeBound && busy !== undefined ? excuse(check, busy) : check;
  };
  return applicable.flatMap((entry) =>
    attempt(entry.id, () => entry.run(context)).map((check) => excused(check, entry)),
  );
}
