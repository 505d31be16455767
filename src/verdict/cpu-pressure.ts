import type { ArmRecord } from './arm-record.ts';

/** Above this share of the time in which something waited for a CPU, a machine is too busy for what has to happen in time. */
const mostWaiting = 0.9;

/** Why what came too late in this arm says nothing: the machine had no time for it. Undefined where it had, or where nobody knows. */
export function busyMachine(arm: ArmRecord | undefined): string | undefined {
  const share = waitingShare(arm);
  return share !== undefined && share > mostWaiting
    ? `processes of this machine waited for a CPU ${Math.round(share * 100)} % of the time`
    : undefined;
}

/** In which share of the time, since the fault or the first block, something waited for a CPU. */
function waitingShare(arm: ArmRecord | undefined): number | undefined {
  const begun = arm?.injecting ?? arm?.procedures[0]?.started;
  if (!arm || !begun) return undefined;
  const seen = arm.pressure.filter(({ t }) => t >= begun.t);
  const [first, last] = [seen[0], seen.at(-1)];
  return first && last && last.t > first.t ? (last.waitedMs - first.waitedMs) / (last.t - first.t) : undefined;
}
