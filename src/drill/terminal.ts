/** The terminal at which the player sits: one of this process, or a robot's. */
export interface Terminal {
  size(): TerminalSize;
  write(output: Uint8Array | string): void;
  /** From now on every key goes to the player's shell, Ctrl-C as well. */
  open(handlers: TerminalHandlers): void;
  /** Gives the terminal back as it was found. Safe to call twice, and before `open`. */
  close(): void;
}

export interface TerminalSize {
  readonly rows: number;
  readonly cols: number;
}

export interface TerminalHandlers {
  readonly onKeys: (keys: Uint8Array) => void;
  readonly onResize: (size: TerminalSize) => void;
  /** No more keys can come. */
  readonly onEnd: () => void;
}
