import type { CommandRan } from '../../history/events.ts';
import type { ArmRecord, ProcedureRecord } from '../../record/arm-record.ts';

/** Their exit codes say that there is no such command, which no fault explains. */
const notFound: ReadonlySet<number | null> = new Set([126, 127]);

/**
 * The commands of a diagnosis that failed because the fault had taken their target away, which is what the diagnosis
 * is to show. Only a command that surely changes nothing counts, and a `grep` that therefore got nothing to filter.
 */
export function lostTargets({ started, commands, ended }: ProcedureRecord, arm: ArmRecord): ReadonlySet<CommandRan> {
  const { proved } = arm;
  if (started.purpose !== 'diagnosis' || !proved?.bit) return new Set();
  // The times of commands count from the block's own start. The procedure's end gives it more exactly than its start.
  const zero = ended ? ended.t - ended.durationMs : started.t;
  const isLost = ({ reads, exitCode, startedMs, cut }: CommandRan): boolean =>
    reads !== undefined &&
    exitCode !== null &&
    exitCode !== 0 &&
    !cut &&
    !notFound.has(exitCode) &&
    (proved.gone ?? []).includes(reads) &&
    !isUp(reads, zero + startedMs, arm);
  const probes = commands.filter(isLost);
  const filters = commands.filter(
    (command) => /^(?:e|f|z)?grep\b/.test(command.text) && command.exitCode === 1 && probes.some(feeds(command)),
  );
  return new Set([...probes, ...filters]);
}

/** Whether a container of the service was last seen running before this moment, in real ms since the run's start. */
function isUp(service: string, t: number, { timeline }: ArmRecord): boolean {
  const seen = timeline.moments.findLast((moment) => moment.t <= t);
  return (seen?.containers ?? []).some(
    (container) => container.service === service && container.state.toLowerCase() === 'running',
  );
}

/** Whether a command is the previous member of the other one's pipeline: both ran at the same time. */
function feeds(reader: CommandRan): (writer: CommandRan) => boolean {
  return (writer) =>
    writer.pipeIndex !== undefined &&
    writer.pipeIndex + 1 === reader.pipeIndex &&
    writer.startedMs <= endOf(reader) &&
    reader.startedMs <= endOf(writer);
}

function endOf({ startedMs, durationMs }: CommandRan): number {
  return startedMs + (durationMs ?? Infinity);
}
