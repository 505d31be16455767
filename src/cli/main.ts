import { Command, CommanderError } from 'commander';

import { DrillbookError, exitCode, formatError } from '../kernel/errors.ts';
import { plainText } from '../kernel/plain-text.ts';
import { addBaseline } from './baseline.ts';
import { addDoctor } from './doctor.ts';
import { addJudge } from './judge.ts';
import { addMatrix } from './matrix.ts';
import { addMutate } from './mutate.ts';
import { outliveReader } from './ignore-closed-output.ts';
import { addSandbox } from './sandbox.ts';
import { addVerify } from './verify.ts';
import { drillbookVersion } from './version.ts';
import { addVersions } from './versions.ts';

outliveReader();
const program = new Command('drillbook')
  .description('Proves that an operations runbook works, on a really broken copy of a BullMQ fleet.')
  .version(await drillbookVersion())
  .exitOverride()
  .showHelpAfterError('(drillbook <command> --help tells what there is)');
for (const add of [addVerify, addMutate, addMatrix, addVersions, addJudge, addBaseline, addSandbox, addDoctor])
  add(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

// Should a connection still be open, it must not keep the command from ending.
setTimeout(() => process.exit(), 3000).unref();

/** Commander has printed its own errors already; it knows only 0 and 1. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.passed : exitCode.usage;
  process.stderr.write(`drillbook: ${formatError(error)}\n`);
  if (error instanceof DrillbookError) return error.exitCode;
  if (error instanceof Error && error.stack) process.stderr.write(`${plainText(error.stack)}\n`);
  return exitCode.broken;
}
