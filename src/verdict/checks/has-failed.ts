import type { CommandRan, ProcedureStarted, Purpose } from '../../history/events.ts';
import { redactedMark } from '../../history/redaction.ts';

/**
 * Whether a command failed. One that ended with 0 failed if it printed an error that Redis replied, or
 * if it is a curl that got an HTTP error and does not show it.
 * An exit code other than 0 is no failure of these:
 *
 * - a command that decides an `if`, `&&` or `||`
 * - a command that ends with the exit status that is announced for its block
 * - an arithmetic statement whose value is zero
 * - a `timeout` whose limit ended a command that never ends by itself
 * - a command whose reader stopped reading early (docs/verdicts.md says how this is known)
 * - a `grep` in a pipe that found nothing
 */
export function hasFailed(
  command: CommandRan,
  { expectExit, purpose }: Pick<ProcedureStarted, 'expectExit' | 'purpose'>,
): boolean {
  const { cut, exitCode, role } = command;
  if (cut) return command.reader === undefined;
  if (repliedError(command) || gotHttpError(command, purpose)) return true;
  if (exitCode === expectExit) return false;
  // Nothing says what an unmatched command decides, so `doubtOf` reports it.
  if (exitCode === null || exitCode === 0 || role === 'condition' || command.unmatched) return false;
  return !(isZero(command) || command.limited || lostReader(command) || foundNothing(command));
}

/**
 * A diagnosis asks how a service is, and 500 or more can be the answer. Below 500 the request itself is wrong. A block
 * that gets the output itself can look at it.
 */
function gotHttpError({ httpStatus, role, captured }: CommandRan, purpose: Purpose): boolean {
  if (httpStatus === undefined || role === 'condition' || captured) return false;
  return !(purpose === 'diagnosis' && httpStatus >= 500);
}

/** Redis replies so while it starts, which a loop that waits for it expects. */
export function isPassing(errorReply: string): boolean {
  return /^(?:LOADING|BUSY|MASTERDOWN) /.test(errorReply);
}

/**
 * A condition does not see the error either, because the exit code is 0. A block that gets the output itself can look
 * at it.
 */
function repliedError({ errorReply, role, captured }: CommandRan): boolean {
  return errorReply !== undefined && captured !== true && !(role === 'condition' && isPassing(errorReply));
}

/** bash gives an error in an expression the same status, and prints what it stumbled over. */
function isZero({ arithmetic, exitCode, output = '' }: CommandRan): boolean {
  return arithmetic === true && exitCode === 1 && !output.includes('(error token is') && !output.includes(redactedMark);
}

/** The exit status of a command that wrote into a closed pipe: SIGPIPE. */
const killedByClosedPipe = 128 + 13;

/** Not a failure that is seen: if nothing shows why the writer failed, `doubtOf` says so. */
function lostReader({ intoPipe, exitCode, reader }: CommandRan): boolean {
  return reader !== undefined || (intoPipe === true && exitCode === killedByClosedPipe);
}

function foundNothing({ intoPipe, exitCode, text }: CommandRan): boolean {
  return intoPipe === true && exitCode === 1 && /^(?:e|f|z)?grep\b/.test(text);
}
