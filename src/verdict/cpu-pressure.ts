import type { Phase } from '../history/events.ts';
import type { ArmRecord } from '../record/arm-record.ts';

/** Above this share of the time in which something waited for a CPU, a machine is too busy for what has to happen in time. */
const mostWaiting = 0.8;

/** While these last, something has to come in time; afterwards the fleet is only given time. */
const pressing: ReadonlySet<Phase> = new Set(['inject', 'detect', 'diagnose', 'recover', 'settle', 'repeat']);

/** Why what came too late in this arm says nothing: the machine had no time for it. Undefined where it had, or where nobody knows. */
export function busyMachine(arm: ArmRecord | undefined): string | undefined {
  const begun = arm?.injecting ?? arm?.procedures[0]?.started;
  const until = arm?.phases.findLast(({ phase }) => pressing.has(phase))?.ended?.t ?? Infinity;
  return arm && begun && busyBetween(arm, begun.t, until);
}

/** The same of a part of an arm, in real ms since the run's start. */
export function busyBetween({ pressure }: ArmRecord, fromT: number, untilT: number): string | undefined {
  const seen = pressure.filter(({ t }) => t >= fromT && t <= untilT);
  const [first, last] = [seen[0], seen.at(-1)];
  if (!first || !last || last.t === first.t) return undefined;
  const share = (last.waitedMs - first.waitedMs) / (last.t - first.t);
  return share > mostWaiting
    ? `processes of this machine waited for a CPU ${Math.round(share * 100)} % of the time`
    : undefined;
}
