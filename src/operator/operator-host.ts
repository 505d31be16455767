/** A program running under a terminal in the operator. */
export interface TtyExec {
  /** What the terminal shows, as it arrives. It may end later than the program when something still holds the terminal. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Types into the terminal. */
  write(data: string): void;
  /** Resolves with the exit status (128 + signal when killed) as soon as the program ended, whoever still holds the terminal; rejects when its machine is gone. */
  wait(): Promise<number>;
}

export interface TtyOptions {
  readonly tty: true;
  readonly env: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
}

/** The machine on which procedures run: the operator's container. Paths without a note are paths inside it. */
export interface OperatorHost {
  /** Starts a program as leader of its own session, with a terminal on all three streams. */
  exec(argv: readonly string[], options: TtyOptions): Promise<TtyExec>;
  /** Runs a program without a terminal to its end. */
  run(
    argv: readonly string[],
  ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
  /** One directory, written here and read inside. */
  readonly blocks: { readonly host: string; readonly container: string };
  /** One file, written inside and read here; one block after the other uses it. */
  readonly trace: { readonly host: string; readonly container: string };
  /** Ends the machine and everything on it: for a block that cannot be ended otherwise. Fine when it has ended already. */
  kill(): Promise<void>;
  /** Where `libblocktrace.so` stands inside. */
  readonly traceLibrary: string;
}
