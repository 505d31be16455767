import type { PlayerCommand } from '../../history/events.ts';
import type { Instant } from '../../record/arm-record.ts';
import type { DrillRecord } from '../../record/drill-record.ts';
import type { Debrief } from './debrief.ts';
import { mayChange } from './describe-commands.ts';
import { noticedAt, type Milestones } from './milestones.ts';
import { commandSpan } from './player-session.ts';

/** The parts of the mitigation: noticing, finding, doing, and what the fleet itself needed. */
export function breakDown(drill: DrillRecord, stones: Milestones): Debrief['breakdown'] {
  const { onset, mitigated } = stones;
  if (!onset || !mitigated) return null;
  const noticed = noticedAt(stones);
  const changing = drill.commands.filter((command) => mayChange(command) && isWithin(command, onset, mitigated));
  const [first] = changing;
  const last = changing.at(-1);
  const began = first && commandSpan(first, drill.rates).began;
  // A command that outlasts the recovery, such as a look at the logs, does not count beyond it.
  const ended = last && earliest(commandSpan(last, drill.rates).ended ?? mitigated, mitigated);
  const part = (from: Instant | undefined, to: Instant | undefined) =>
    from && to && to.t >= from.t ? drill.rates.between(from, to) : null;
  return {
    noticing: part(onset, noticed),
    finding: part(noticed, began),
    doing: part(began, ended),
    fleet: part(ended, mitigated),
  };
}

function isWithin({ startedS }: PlayerCommand, from: Instant, to: Instant): boolean {
  return startedS >= from.s && startedS <= to.s;
}

function earliest(one: Instant, other: Instant): Instant {
  return one.t <= other.t ? one : other;
}
