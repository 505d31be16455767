import type { Phase } from '../history/events.ts';
import type { ArmRecord } from './arm-record.ts';

/** If processes wait for a CPU for more than this share of the time, the machine is too busy for deadlines. */
const mostWaiting = 0.8;

/** Phases in which something has to happen in time. In the others the fleet is only given time. */
const pressing: ReadonlySet<Phase> = new Set(['inject', 'detect', 'diagnose', 'recover', 'settle', 'repeat']);

/**
 * Why lateness in this arm proves nothing: the machine was too busy. Undefined if it was not, or if that was not
 * recorded.
 */
export function busyMachine(arm: ArmRecord | undefined): string | undefined {
  const begun = arm?.injecting ?? arm?.procedures[0]?.started;
  const until = arm?.phases.findLast(({ phase }) => pressing.has(phase))?.ended?.t ?? Infinity;
  return arm && begun && busyBetween(arm, begun.t, until);
}

/** The same for a part of an arm, in real ms since the run's start. */
export function busyBetween({ pressure }: ArmRecord, fromT: number, untilT: number): string | undefined {
  const seen = pressure.filter(({ t }) => t >= fromT && t <= untilT);
  const [first, last] = [seen[0], seen.at(-1)];
  if (!first || !last || last.t === first.t) return undefined;
  const share = (last.waitedMs - first.waitedMs) / (last.t - first.t);
  return share > mostWaiting
    ? `processes of this machine waited for a CPU ${Math.round(share * 100)} % of the time`
    : undefined;
}
