// The command `drillbook`: parses the arguments by the table of commands, runs one, and sets the exit code.
// An error becomes one line with a stable code and a next step. Only this file and the commands set the exit code.
import { Command, CommanderError } from 'commander';

import { DrillbookError, exitCode, formatError } from '../kernel/errors.ts';
import { plainText } from '../kernel/plain-text.ts';
import { commands } from './commands.ts';
import { addCommand } from './define-command.ts';
import { ignoreClosedOutput } from './ignore-closed-output.ts';
import { drillbookVersion } from './version.ts';

ignoreClosedOutput();
const program = new Command('drillbook')
  .description('Proves that an operations runbook works, on a really broken copy of a BullMQ fleet.')
  .version(await drillbookVersion())
  .exitOverride()
  .showHelpAfterError('(drillbook <command> --help lists the options)');
for (const command of commands) addCommand(program, command);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

// A connection that is still open must not keep the command from ending.
setTimeout(() => process.exit(), 3000).unref();

/** Commander has already printed its own errors. It knows only 0 and 1. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.passed : exitCode.usage;
  process.stderr.write(`drillbook: ${formatError(error)}\n`);
  if (error instanceof DrillbookError) return error.exitCode;
  if (error instanceof Error && error.stack) process.stderr.write(`${plainText(error.stack)}\n`);
  return exitCode.broken;
}
