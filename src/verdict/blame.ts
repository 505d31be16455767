import type { Location } from '../kernel/errors.ts';
import type { ArmRecord, ProcedureRecord } from '../record/arm-record.ts';

/** How far the times of a command and of its effect may lie apart, real ms: the two clocks differ a little. */
const toleranceMs = 50;

/** The procedure that ran at this moment (real ms since the run's start), or else the last one before it. */
export function procedureAt({ procedures }: ArmRecord, t: number): ProcedureRecord | undefined {
  return (
    procedures.findLast(({ started, ended }) => started.t <= t && (!ended || t <= ended.t + toleranceMs)) ??
    procedures.findLast(({ started }) => started.t <= t)
  );
}

/** The line to blame for an event at this moment: that of the command that ran then, or else that of its block. */
export function locationAt(arm: ArmRecord, t: number): Location | undefined {
  const procedure = procedureAt(arm, t);
  return procedure && (commandAt(procedure, t) ?? procedure.started.location);
}

/**
 * The line of the command that ran at this moment. Of several, it is the nearest, then the one that began last.
 * Commands
 * that talk to other processes come first.
 */
function commandAt({ started, commands, ended }: ProcedureRecord, t: number): Location | undefined {
  // The times of commands count from the block's own start. The procedure's end gives it more exactly than its start.
  const zero = ended ? ended.t - ended.durationMs : started.t;
  const gapTo = ({ startedMs, durationMs }: (typeof commands)[number]): number =>
    Math.max(zero + startedMs - t, t - (zero + startedMs + (durationMs ?? Infinity)), 0);
  const ran = commands.filter((command) => gapTo(command) <= toleranceMs);
  const talks = ran.filter(({ text }) => /\b(docker|curl|nc|socat|wget)\b/.test(text));
  return (talks.length > 0 ? talks : ran).toSorted((a, b) => gapTo(a) - gapTo(b) || b.startedMs - a.startedMs)[0]
    ?.location;
}
