import type { Phase } from '../history/events.ts';
import type { ArmRecord } from './arm-record.ts';

/** Above this share of the time in which something waited for a CPU, a machine is too busy for what has to happen in time. */
const mostWaiting = 0.8;

/** While these last, something has to come in time; afterwards the fleet is only given time. */
const pressing: ReadonlySet<Phase> = new Set(['inject', 'detect', 'diagnose', 'recover', 'settle', 'repeat']);

/** Why what came too late in this arm says nothing: the machine had no time for it. Undefined where it had, or where nobody knows. */
export function busyMachine(arm: ArmRecord | undefined): string | undefined {
  const share = waitingShare(arm);
  return share !== undefined && share > mostWaiting
    ? `processes of this machine waited for a CPU ${Math.round(share * 100)} % of the time`
    : undefined;
}

/** In which share of the time, from the fault or the first block until the fleet had to be well, something waited for a CPU. */
function waitingShare(arm: ArmRecord | undefined): number | undefined {
  const begun = arm?.injecting ?? arm?.procedures[0]?.started;
  if (!arm || !begun) return undefined;
  const until = arm.phases.findLast(({ phase }) => pressing.has(phase))?.ended?.t ?? Infinity;
  const seen = arm.pressure.filter(({ t }) => t >= begun.t && t <= until);
  const [first, last] = [seen[0], seen.at(-1)];
  return first && last && last.t > first.t ? (last.waitedMs - first.waitedMs) / (last.t - first.t) : undefined;
}
