/** A program running under a terminal in the operator. */
export interface TtyExec {
  /** The output of the terminal. It may end later than the program if another process still uses the terminal. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Types into the terminal. */
  write(data: string): void;
  /** The exit status (128 + signal if killed), as soon as the program ended. Rejects if its machine is gone. */
  wait(): Promise<number>;
}

export interface TtyOptions {
  readonly tty: true;
  readonly env: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
}

/** The machine on which procedures run: the operator's container. Paths are inside it unless they say otherwise. */
export interface OperatorHost {
  /** Starts a program as leader of its own session, with a terminal on all three streams. */
  exec(argv: readonly string[], options: TtyOptions): Promise<TtyExec>;
  /** Runs a program without a terminal to its end. */
  run(
    argv: readonly string[],
  ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
  /** A folder that Drillbook writes and the operator reads. */
  readonly blocks: { readonly host: string; readonly container: string };
  /** A file that the operator writes and Drillbook reads. All blocks use it, one after the other. */
  readonly trace: { readonly host: string; readonly container: string };
  /** Ends the machine, for a block that cannot be ended otherwise. No error if it has already ended. */
  kill(): Promise<void>;
  /** Path of `libblocktrace.so`. */
  readonly traceLibrary: string;
}
