import type { CommandRan } from '../history/events.ts';
import { defined } from '../kernel/defined.ts';
import type { Execution } from './execution.ts';
import type { Screen } from './screen.ts';

interface BlockOutcome {
  readonly address: string;
  readonly isCut: boolean;
  /** Real ms on the monotonic clock, as are all times here. */
  readonly started: number;
  readonly endedMs: number;
  readonly screen: Screen;
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
  const output = exitCode === 0 ? '' : block.screen.during(from, to ?? block.endedMs);
  return {
    type: 'command',
    address: block.address,
    location: command.location,
    text: firstLine(command.text),
    exitCode: block.isCut ? null : exitCode,
    role: command.role,
    ...defined({ pipeIndex: pipeline?.index, intoPipe: intoPipe || undefined }),
    cut: block.isCut,
    startedMs: Math.max(0, Math.round(from - block.started)),
    durationMs: to === undefined ? null : Math.max(0, Math.round(to - from)),
    ...defined({ output: output || undefined }),
  };
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  const shown = line.length > longestText ? line.slice(0, longestText) : line;
  return shown.length < text.length ? `${shown} …` : shown;
}
