import type { TracedCommand } from './traced-command.ts';

/** One execution of a command of the block. Times: the container's wall clock, ms since 1970. */
export interface Execution {
  readonly command: TracedCommand;
  readonly pid: number;
  /** The process of the program, as soon as it has started. */
  program?: number;
  readonly startedAt: number;
  endedAt: number | null;
  /** null until it is known, or if bash does not show it. */
  exitCode: number | null;
  finished: boolean;
}
