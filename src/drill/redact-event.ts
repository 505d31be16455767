import type { EventBody, PlayerCommand, WallMet } from '../history/events.ts';
import { readsOnly } from '../history/reads-only.ts';
import { redactedMark } from '../history/redaction.ts';
import { isAboutDrill } from '../verdict/drill/describe-commands.ts';

type Redact = (text: string) => string;

/**
 * The texts of a drill that may hold what the player or a program typed or printed. All else stays, because verdicts
 * rest on it. What a line has to do with the runbook was found before, and whether a command only reads stays the same.
 */
export function redactEvent(body: EventBody, redact: Redact): EventBody {
  switch (body.type) {
    case 'player.command':
      return { ...body, line: redactLine(body, redact), cwd: redact(body.cwd) };
    case 'player.found':
      return body.why === undefined ? body : { ...body, why: redact(body.why) };
    case 'player.noted':
      return { ...body, text: redact(body.text) };
    case 'note':
      return { ...body, message: redact(body.message) };
    case 'wall':
      return redactWall(body, redact);
    // Only the runbook's own procedure has these, at the end of a drill with `--par`.
    case 'command':
      return body.output === undefined ? body : { ...body, output: redact(body.output) };
    case 'procedure.ended':
      return { ...body, output: redact(body.output) };
    default:
      return body;
  }
}

/** A word with the drill itself stays one, and no other line becomes one. */
function redactLine(command: PlayerCommand, redact: Redact): string {
  const line = redact(command.line);
  if (isAboutDrill({ ...command, line }) === isAboutDrill(command)) return line;
  return isAboutDrill(command) ? `drill ${redactedMark}` : redactedMark;
}

/** The orders that the engine carried out name services, and what was harmed follows from them. */
function redactWall(met: WallMet, redact: Redact): WallMet {
  if (met.outcome === 'obeyed' || met.outcome === 'finished') return met;
  const { command, errorReply } = met;
  return {
    ...met,
    attempt: redact(met.attempt),
    message: redact(met.message),
    ...(command === undefined ? {} : { command: redactWords(command, redact) }),
    ...(errorReply === undefined ? {} : { errorReply: redact(errorReply) }),
  };
}

/** A word that decides whether the command only reads is no secret, so it stays. */
function redactWords(command: readonly string[], redact: Redact): readonly string[] {
  const reads = readsOnly(command);
  const words = [...command];
  for (const [index, word] of command.entries()) {
    words[index] = redact(word);
    if (readsOnly(words) !== reads) words[index] = word;
  }
  return words;
}
