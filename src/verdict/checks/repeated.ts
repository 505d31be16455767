import type { ArmRecord, Instant, ProcedureRecord } from '../../record/arm-record.ts';
import type { Check } from '../run-report.ts';
import { findSustained } from '../sustained.ts';
import { fail, inconclusive, pass, type ScenarioContext } from './check.ts';

const [again, interrupted] = ['repeat:healthy', 'repeat:interrupted'] as const;

/**
 * Where it is asked for: the recovery, run again on the fleet that it healed, must leave it healthy; and cut off half-way, as by
 * somebody who was called away, it must still recover when it is begun anew. What removes jobs is not done twice on a healthy fleet.
 */
export function checkRepeated(context: ScenarioContext): readonly Check[] {
  const { plan, treatment, control } = context;
  if (!plan.repeat) return [];
  return [...(plan.jobs.removed === 0 ? [checkAgain(context, treatment)] : []), checkInterrupted(context, control)];
}

function repeats(arm: ArmRecord): readonly ProcedureRecord[] {
  return arm.procedures.filter(({ started }) => started.purpose === 'repeat');
}

function checkAgain(context: ScenarioContext, arm: ArmRecord | undefined): Check {
  const runs = arm ? repeats(arm) : [];
  if (!arm || runs.length < context.plan.recovery.length)
    return inconclusive(again, 'the recovery was not run again: where it fails, there is nothing to repeat');
  return checkHealth(again, context, arm, runs, 'run again on the healthy fleet');
}

function checkInterrupted(context: ScenarioContext, arm: ArmRecord | undefined): Check {
  const runs = arm ? repeats(arm) : [];
  const cut = runs.filter(({ started }) => started.cutAfterMs !== undefined);
  const whole = runs.filter(({ started }) => started.cutAfterMs === undefined);
  if (!arm || cut.length === 0 || whole.length < context.plan.recovery.length)
    return inconclusive(interrupted, 'the recovery was not cut off and begun anew');
  // Or between two of its blocks: then the rest was not begun.
  const wasCut = cut.length < context.plan.recovery.length || cut.some(({ ended }) => ended?.ended === 'cut');
  if (!wasCut) return inconclusive(interrupted, 'the recovery was over before it could be cut off');
  return checkHealth(interrupted, context, arm, whole, 'cut off half-way and begun anew');
}

function checkHealth(
  id: string,
  { rules, plan }: ScenarioContext,
  arm: ArmRecord,
  runs: readonly ProcedureRecord[],
  how: string,
): Check {
  const begun: Instant | undefined = runs[0]?.started;
  const ended = runs.at(-1)?.ended;
  const until = arm.phase('repeat')?.ended;
  if (!begun || !ended || !until) return inconclusive(id, 'its end is not on record');
  const broken = runs.find(
    (run) => run.ended?.ended !== 'exited' || run.ended.exitCode !== (run.started.expectExit ?? 0),
  );
  if (broken) {
    const told = broken.ended?.ended === 'exited' ? `ended with ${broken.ended.exitCode}` : 'did not come to its end';
    return fail(id, [{ message: `${how}, it ${told}`, location: broken.started.location }]);
  }
  const lastingUntil = ended.s + rules.sustainMs;
  const found = findSustained(arm.timeline.moments, rules, { fromT: begun.t, untilT: until.t, lastingUntil });
  if (found.window) return pass(id, `${how}, it leaves the fleet healthy`);
  if (found.complaint.unknown) return inconclusive(id, `${how}: ${found.complaint.text}`);
  const location = plan.recovery[0]?.location;
  return fail(id, [
    { message: `${how}, it leaves the fleet broken: ${found.complaint.text}`, ...(location ? { location } : {}) },
  ]);
}
