import type { Reached, RunRecord } from '../../record/run-record.ts';
import type { Check } from '../run-report.ts';
import { inconclusive, pass } from './check.ts';

/** The history must reach the end of the run, and the run must not have been interrupted or have broken off. */
export function checkWholeRun(record: RunRecord, cutOff: boolean): Check {
  const id = 'whole-run';
  const where = placeOf(record.reached);
  if (record.interrupted !== undefined)
    return inconclusive(id, `the run was interrupted ${where}: ${record.interrupted}`);
  if (record.broken !== undefined) return inconclusive(id, `the run broke off ${where}: ${record.broken}`);
  if (record.gapAfter !== undefined) return inconclusive(id, `events are missing after number ${record.gapAfter}`);
  if (cutOff) return inconclusive(id, `the history is cut off ${where}`);
  if (record.leftovers === undefined) return inconclusive(id, `the history ends ${where}, before the run did`);
  if (record.scenarios.size === 0) return inconclusive(id, 'no scenario was run');
  // The check `teardown` reports what could not be removed.
  const broken = record.brokenPhases.find(({ phase }) => phase !== 'teardown');
  if (broken)
    return inconclusive(
      id,
      `phase \`${broken.phase}\` of the run was ${broken.outcome}${broken.message ? `: ${broken.message}` : ''}`,
    );
  return pass(id, 'the history reaches from the start of the run to its end');
}

function placeOf(reached: Reached | undefined): string {
  if (!reached) return 'before its first phase';
  const { phase, scenario, arm, isOver } = reached;
  const whose = scenario === undefined ? '' : ` of ${scenario}${arm ? ` (${arm} arm)` : ''}`;
  return `${isOver ? 'after' : 'in'} phase \`${phase}\`${whose}`;
}

/** Leftovers are not the runbook's fault, but they must not go unseen. */
export function checkTeardown({ leftovers }: RunRecord): Check {
  const id = 'teardown';
  if (leftovers === undefined) return inconclusive(id, 'the history does not say whether the sandbox was removed');
  return leftovers.length === 0
    ? pass(id, 'nothing was left behind')
    : inconclusive(id, `not removed: ${leftovers.join('; ')}`);
}
