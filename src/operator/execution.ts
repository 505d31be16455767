import type { NestedScript } from './nested-commands.ts';
import type { Pipes } from './parse-trace.ts';
import type { TracedCommand } from './traced-command.ts';

/** When a record of the trace was written, and its mark in the terminal. */
export interface TraceMoment {
  readonly at: number;
  /** Undefined at the end of the block. */
  readonly mark: string | undefined;
}

/**
 * The processes that a shell process comes from, nearest first. `records`: how many records a process had written when
 * it forked the one before it.
 */
export type Lineage = readonly { readonly pid: number; readonly records: number }[];

/** One execution of a command of the block. Times: the container's wall clock, ms since 1970. */
export interface Execution {
  readonly command: TracedCommand;
  readonly pid: number;
  /** The record that started it was the nth of its process. */
  readonly nth: number;
  readonly lineage: Lineage;
  /** The process of the program, as soon as it has started. */
  program?: number;
  readonly startedAt: number;
  endedAt: number | null;
  /** Around the output that the terminal showed while it ran. */
  readonly startMark: string;
  endMark?: string | undefined;
  /** null until it is known, or if bash does not show it. */
  exitCode: number | null;
  finished: boolean;
  /** Its status is that of a function whose call decides a condition. */
  decides?: boolean;
  /** The script that it evaluates, or gives to a further shell. */
  nested?: NestedScript | undefined;
  /** It is a command of a nested script. */
  readonly isNested: boolean;
  /** The HTTP status of 400 or more that curl got. */
  httpStatus?: number;
  /** The error of Redis that redis-cli wrote into a pipe or a file. */
  errorReply?: string;
  /** A plain sh runs it, which writes no marks. What it prints is its shell's. */
  readonly unmarked?: true;
  /** The block itself gets what it prints: as a value, or in a pipe whose last command decides a condition. */
  captured?: boolean;
  /** A function call that ended with the value of its last arithmetic statement. */
  endsArithmetic?: boolean;
  /** As far as they are known. */
  pipes?: Pipes;
}
