import { playerAddress as address, type CommandRan, type PlayerCommand } from '../../history/events.ts';
import type { Instant, ProcedureRecord } from '../../record/arm-record.ts';
import type { DrillRecord } from '../../record/drill-record.ts';
import type { RecordedRates } from '../../record/recorded-rates.ts';

/** Stands for the file of a location: its lines are the commands of the player, from 1. */
export const playerFile = 'player';

/** When a command of the player began, and when it ended if it did. */
export function commandSpan(
  command: PlayerCommand & Instant,
  rates: RecordedRates,
): { readonly began: Instant; readonly ended: Instant | undefined } {
  // The event was written a little after the command ended.
  const at = (s: number): Instant => rates.instantBefore(command, s);
  return {
    began: at(command.startedS),
    ended: command.endedS === null ? undefined : at(command.endedS),
  };
}

/**
 * What the player did in a stretch of the drill, in the form of one procedure, so that the checks that watch procedures
 * can watch a person as well. The line of a location is the number of the command.
 */
export function sessionOf(
  { commands, rates, shells }: DrillRecord,
  { from, until }: { readonly from: Instant; readonly until: Instant },
): ProcedureRecord {
  const asCommands = commands.map((command, index) => asCommand(command, index, from, rates));
  return {
    started: {
      type: 'procedure.started',
      address,
      purpose: 'recovery',
      // No command: what happened in the session, and at no command alone, is the doing of none of them.
      location: { file: playerFile, line: commands.length + 1 },
      args: [],
      t: from.t,
      s: from.s,
    },
    commands: asCommands.filter(({ startedMs }) => startedMs <= until.t - from.t),
    prompts: [],
    ended: {
      type: 'procedure.ended',
      address,
      exitCode: 0,
      ended: 'exited',
      traced: true,
      output: '',
      outputCut: false,
      cast: shells[0]?.cast ?? '',
      durationMs: until.t - from.t,
      unfilled: [],
      t: until.t,
      s: until.s,
    },
  };
}

function asCommand(command: PlayerCommand & Instant, index: number, from: Instant, rates: RecordedRates): CommandRan {
  const { began, ended } = commandSpan(command, rates);
  return {
    type: 'command',
    address,
    location: { file: playerFile, line: index + 1 },
    text: command.line,
    exitCode: command.exitCode,
    role: 'command',
    cut: false,
    startedMs: began.t - from.t,
    durationMs: ended ? ended.t - began.t : null,
  };
}
