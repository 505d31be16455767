import type { CommandRan } from '../history/events.ts';
import { defined } from '../kernel/defined.ts';
import { examinesStatus } from '../kernel/curl-options.ts';
import { errorReply } from '../kernel/redis-reply.ts';
import { reachedLimit } from '../runbook/never-ends.ts';
import { lastLines } from './terminal-text.ts';
import type { OwnOutput } from './own-output.ts';
import { isArithmetic } from './command-outcomes.ts';
import type { Execution } from './execution.ts';

interface BlockOutcome {
  /** How the reader of the command's output stopped reading, if it did so early. */
  readonly reader: CommandRan['reader'];
  readonly address: string;
  readonly isCut: boolean;
  /** Real ms on the monotonic clock, as are all times here. */
  readonly started: number;
  readonly outputOf: (execution: Execution) => OwnOutput | undefined;
  /** Converts the container's wall clock (sandbox ms since 1970) to that clock. */
  toLocal(sandboxMs: number): number;
}

const longestText = 200;

/** The event of one execution. Its times are real ms since the start of the block. */
export function describeExecution(execution: Execution, block: BlockOutcome): CommandRan {
  const { command, exitCode } = execution;
  const { pipeline } = command;
  const intoPipe = pipeline !== undefined && pipeline.index < pipeline.size - 1;
  const from = block.toLocal(execution.startedAt);
  const to = execution.endedAt === null ? undefined : block.toLocal(execution.endedAt);
  return {
    type: 'command',
    address: block.address,
    location: command.location,
    text: firstLine(command.text),
    exitCode: block.isCut ? null : exitCode,
    role: execution.decides ? 'condition' : command.role,
    ...defined({
      pipeIndex: pipeline?.index,
      intoPipe: intoPipe || undefined,
      reader: exitCode === 0 ? undefined : block.reader,
    }),
    cut: block.isCut,
    ...factsOf(execution),
    startedMs: Math.max(0, Math.round(from - block.started)),
    durationMs: to === undefined ? null : Math.max(0, Math.round(to - from)),
    ...defined({ captured: execution.captured, errorReply: execution.errorReply }),
    ...printed(execution, needsOutput(execution) ? block.outputOf(execution) : undefined),
  };
}

function needsOutput({ command, exitCode }: Execution): boolean {
  return exitCode !== 0 || asksRedis(command);
}

/** What a failed command printed. redis-cli has failed if it printed an error, although it ends with 0. */
function printed(
  { command, exitCode }: Execution,
  own: OwnOutput | undefined,
): Pick<CommandRan, 'output' | 'outputOf' | 'errorReply'> {
  if (!own) return {};
  const { pipeline } = command;
  const isSeen = pipeline === undefined || pipeline.index === pipeline.size - 1;
  const replied = isSeen && asksRedis(command) ? errorReply(own.text) : undefined;
  const output = lastLines(own.text, 30, 4000);
  if ((exitCode === 0 && replied === undefined) || output === '') return {};
  return { output, ...defined({ outputOf: own.isShared ? ('pipeline' as const) : undefined, errorReply: replied }) };
}

/** Whether a command runs redis-cli, in the operator or in a container. */
function asksRedis({ kind, text }: Execution['command']): boolean {
  return kind === 'simple' && /\bredis-cli\b/.test(text);
}

/** What the verdict must know to read the exit code. */
function factsOf(
  execution: Execution,
): Pick<CommandRan, 'httpStatus' | 'isLast' | 'arithmetic' | 'limited' | 'reads' | 'hidesFailures' | 'unmatched'> {
  const { command, exitCode, endsArithmetic, httpStatus } = execution;
  const arithmetic = isArithmetic(command) || endsArithmetic === true;
  const limited = exitCode !== null && reachedLimit(command, exitCode);
  return defined({
    arithmetic: arithmetic || undefined,
    limited: limited || undefined,
    reads: command.reads,
    hidesFailures: hidesFailures(execution) || undefined,
    unmatched: command.isUnmatched,
    isLast: (command.isLast && exitCode !== 0) || undefined,
    httpStatus: examinesStatus(command.words) ? undefined : httpStatus,
  });
}

/** Whether a command runs a script in which something failed, or may have, although its exit code does not show it. */
export function hidesFailures({ nested }: Execution): boolean {
  return nested !== undefined && ((nested.hidesFailures && !nested.isTraced) || nested.hasFailedUnseen === true);
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  const shown = line.length > longestText ? line.slice(0, longestText) : line;
  return shown.length < text.length ? `${shown} …` : shown;
}
