import type { PlayerCommand } from '../../history/events.ts';
import type { Instant } from '../../record/arm-record.ts';
import type { DrillRecord } from '../../record/drill-record.ts';
import type { RecordedRates } from '../../record/recorded-rates.ts';
import { instantOf } from '../report-parts.ts';
import type { Debrief } from './debrief.ts';
import { commandSpan } from './player-session.ts';

type Command = Debrief['commands'][number];

/** A word with the drill itself: it can neither cure nor harm. */
export function isAboutDrill({ line }: PlayerCommand): boolean {
  return /^\s*drill(?:\s[^;&|`$<>]*)?(?:\|\s*(?:cat|less|more)\s*)?$/.test(line);
}

/** Whether a command may have changed something in the sandbox. */
export function mayChange(command: PlayerCommand): boolean {
  return !command.readsOnly && !isAboutDrill(command);
}

export function describeCommands({ commands, rates }: DrillRecord): Command[] {
  return commands.map((command) => describe(command, rates));
}

function describe(command: PlayerCommand & Instant, rates: RecordedRates): Command {
  const { began, ended } = commandSpan(command, rates);
  return {
    at: instantOf(began),
    line: command.line,
    cwd: command.cwd,
    exitCode: command.exitCode,
    took: ended ? rates.between(began, ended) : null,
    kind: kindOf(command),
    readsOnly: command.readsOnly,
    runbook: command.runbook.map(({ address, location, text, how }) => ({ address, location, text, how })),
  };
}

function kindOf(command: PlayerCommand): Command['kind'] {
  if (isAboutDrill(command)) return 'drill';
  if (command.runbook.length === 0) return 'improvised';
  return command.runbook.every(({ how }) => how === 'verbatim') ? 'verbatim' : 'edited';
}
