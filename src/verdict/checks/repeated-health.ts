import { defined } from '../../kernel/defined.ts';
import type { ArmRecord, ProcedureRecord } from '../../record/arm-record.ts';
import type { Check } from '../run-report.ts';
import { findSustained } from '../sustained.ts';
import { fail, inconclusive, pass, type ScenarioContext } from './check.ts';

/** The procedures that were run again, in their order. */
export function repeats(arm: ArmRecord | undefined): readonly ProcedureRecord[] {
  return arm?.procedures.filter(({ started }) => started.purpose === 'repeat') ?? [];
}

/**
 * Judges whether the fleet was healthy, and stayed so, after these runs.
 * @param how how they were run, before "it leaves the fleet healthy"
 */
export function checkRepeatedHealth(
  id: string,
  { rules, plan }: ScenarioContext,
  arm: ArmRecord,
  { runs, how }: { readonly runs: readonly ProcedureRecord[]; readonly how: string },
): Check {
  const begun = runs[0]?.started;
  const ended = runs.at(-1)?.ended;
  const until = arm.phase('repeat')?.ended;
  if (!begun || !ended || !until) return inconclusive(id, 'the record does not hold its end');
  const failed = runs.find((run) => !endedWell(run));
  if (failed) {
    const end = failed.ended?.ended === 'exited' ? `ended with ${failed.ended.exitCode}` : 'did not reach its end';
    return fail(id, [{ message: `${how}, it ${end}`, location: failed.started.location }]);
  }
  const lastingUntil = ended.s + rules.sustainMs;
  const found = findSustained(arm.timeline.moments, rules, { fromT: begun.t, untilT: until.t, lastingUntil });
  if (found.window) return pass(id, `${how}, it leaves the fleet healthy`);
  if (found.complaint.unknown) return inconclusive(id, `${how}: ${found.complaint.text}`);
  const message = `${how}, it leaves the fleet broken: ${found.complaint.text}`;
  return fail(id, [{ message, ...defined({ location: plan.recovery[0]?.location }) }]);
}

function endedWell({ started, ended }: ProcedureRecord): boolean {
  return ended?.ended === 'exited' && ended.exitCode === (started.expectExit ?? 0);
}
