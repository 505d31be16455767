import type { CommandRan } from '../../history/events.ts';
import type { Finding } from '../run-report.ts';

/** Why the record does not show whether a command succeeded. Undefined: it does. */
export function doubtOf(command: CommandRan): Finding | undefined {
  const reason = reasonOf(command);
  return reason === undefined ? undefined : { message: reason, location: command.location, command: command.text };
}

function reasonOf(command: CommandRan): string | undefined {
  const { text, exitCode, role, cut, reader, unmatched, hidesFailures } = command;
  if (mayHaveFailed(command))
    return `\`${text}\` ended with ${exitCode} after its reader had left; whether it failed by itself could not be observed`;
  if (unmatched && exitCode !== 0)
    return `\`${text}\` failed with ${exitCode}, but is none of the commands that Drillbook found in the block`;
  if (hidesFailures && role !== 'condition' && !cut)
    return `\`${text}\` runs several commands in one shell; whether each of them succeeded could not be observed`;
  if (exitCode !== null || cut || reader !== undefined) return undefined;
  if (role === 'background') return `nothing waits for \`${text}\`, so how it ended could not be observed`;
  return role === 'command' ? `the exit code of \`${text}\` could not be observed` : undefined;
}

/**
 * Whether a command failed after its reader had left, and nothing shows that the closed pipe is the reason. These show
 * it:
 *
 * - an end by a signal, or the 255 with which Docker's client ends if its plugin was killed
 * - more to read when the reader left
 * - a message about the pipe, or curl's own code for it
 */
function mayHaveFailed({ reader, role, exitCode, output = '', text }: CommandRan): boolean {
  if (reader !== 'left' || role === 'condition' || exitCode === null || exitCode === 0) return false;
  const explained =
    exitCode > 128 || /broken pipe|\bEPIPE\b/i.test(output) || (exitCode === 23 && /^curl\b/.test(text));
  return !explained;
}
