import { defined } from '../kernel/defined.ts';
import type { CommandRan } from '../history/events.ts';
import type { Execution } from './resolve-commands.ts';
import type { Screen } from './screen.ts';

interface Surroundings {
  readonly address: string;
  readonly isCut: boolean;
  /** Real ms on the monotonic clock, as are all times here. */
  readonly started: number;
  readonly endedMs: number;
  readonly screen: Screen;
  /** The container's wall clock (sandbox ms since 1970) on that clock. */
  toLocal(sandboxMs: number): number;
}

const longestText = 200;

/** One execution as the history tells it; its times are real ms, counted from the block's start. */
export function describeExecution(execution: Execution, around: Surroundings): CommandRan {
  const { command, exitCode } = execution;
  const { pipeline } = command;
  const intoPipe = pipeline !== undefined && pipeline.index < pipeline.size - 1;
  const from = around.toLocal(execution.startedAt);
  const to = execution.endedAt === null ? undefined : around.toLocal(execution.endedAt);
  const output = exitCode === 0 ? '' : around.screen.during(from, to ?? around.endedMs);
  return {
    type: 'command',
    address: around.address,
    location: command.location,
    text: firstLine(command.text),
    exitCode: around.isCut ? null : exitCode,
    role: command.role,
    ...defined({ pipeIndex: pipeline?.index, intoPipe: intoPipe || undefined }),
    cut: around.isCut,
    startedMs: Math.max(0, Math.round(from - around.started)),
    durationMs: to === undefined ? null : Math.max(0, Math.round(to - from)),
    ...defined({ output: output || undefined }),
  };
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  const shown = line.length > longestText ? line.slice(0, longestText) : line;
  return shown.length < text.length ? `${shown} …` : shown;
}
