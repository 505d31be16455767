import type { Location } from '../kernel/errors.ts';
import type { ArmRecord, ProcedureRecord } from '../record/arm-record.ts';

/** A command that is seen to end may have had its effect this much earlier, and one that begins this much later; real ms. */
const toleranceMs = 50;

/** The procedure that ran at this moment (real ms since the run's start), else the one that ran before it. */
export function procedureAt({ procedures }: ArmRecord, t: number): ProcedureRecord | undefined {
  return (
    procedures.findLast(({ started, ended }) => started.t <= t && (!ended || t <= ended.t + toleranceMs)) ??
    procedures.findLast(({ started }) => started.t <= t)
  );
}

/** Where what happened at this moment was done: the command that ran then, else its block. */
export function locationAt(arm: ArmRecord, t: number): Location | undefined {
  const procedure = procedureAt(arm, t);
  return procedure && (commandAt(procedure, t) ?? procedure.started.location);
}

/** The command that ran at that moment, the one that began last when there are several; else the nearest, for clocks differ a little. */
function commandAt({ started, commands, ended }: ProcedureRecord, t: number): Location | undefined {
  // Commands count from the block's own start, which the procedure's end tells more exactly than its announcement.
  const zero = ended ? ended.t - ended.durationMs : started.t;
  const gapTo = ({ startedMs, durationMs }: (typeof commands)[number]): number =>
    Math.max(zero + startedMs - t, t - (zero + startedMs + (durationMs ?? Infinity)), 0);
  const ran = commands.filter((command) => gapTo(command) <= toleranceMs);
  const talks = ran.filter(({ text }) => /\b(docker|curl|nc|socat|wget)\b/.test(text));
  return (talks.length > 0 ? talks : ran).toSorted((a, b) => gapTo(a) - gapTo(b) || b.startedMs - a.startedMs)[0]
    ?.location;
}
