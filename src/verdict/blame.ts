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
 * The line of the command that ran at this moment: the nearest one, and the innermost if it runs within another one.
 * Commands that talk to other processes come first. Undefined if two ran side by side: either may have done it.
 */
function commandAt({ started, commands, ended }: ProcedureRecord, t: number): Location | undefined {
  // The times of commands count from the block's own start. The procedure's end gives it more exactly than its start.
  const zero = ended ? ended.t - ended.durationMs : started.t;
  const spans = commands.map(({ startedMs, durationMs, text, location }) => {
    const [from, to] = [zero + startedMs, zero + startedMs + (durationMs ?? Infinity)];
    return { from, to, gap: Math.max(from - t, t - to, 0), talks: talksRule.test(text), location };
  });
  const ran = spans.filter(({ gap }) => gap <= toleranceMs);
  const talking = ran.filter(({ talks }) => talks);
  const candidates = (talking.length > 0 ? talking : ran).toSorted((a, b) => a.gap - b.gap || b.from - a.from);
  const [best, ...others] = candidates;
  if (!best) return undefined;
  const isBeside = ({ from, to, gap }: (typeof spans)[number]): boolean =>
    gap === best.gap && !(from <= best.from && to >= best.to);
  return others.some(isBeside) ? undefined : best.location;
}

const talksRule = /\b(docker|curl|nc|socat|wget)\b/;
