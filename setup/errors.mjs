/** Exit codes of the binary that set-up itself can end with (the same as `src/kernel/errors.ts`). */
export const exitCode = { usage: 64, broken: 70, interrupted: 130 };

/** Set-up can't go on. `next` says what the reader should do, as a clause that can follow a semicolon. */
export class SetupError extends Error {
  /**
   * @param {string} message one sentence without a full stop
   * @param {{ code: string, next: string, exitCode?: number, details?: string, cause?: unknown }} options
   */
  constructor(message, options) {
    super(message, { cause: options.cause });
    this.name = 'SetupError';
    this.code = options.code;
    this.next = options.next;
    this.exitCode = options.exitCode ?? exitCode.broken;
    this.details = options.details ?? '';
  }
}

/**
 * One line for a person; the last output of a failed command, when there is any, stands above it.
 * @param {unknown} error
 */
export function formatSetupError(error) {
  if (!(error instanceof SetupError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const details = error.details ? `${error.details}\n` : '';
  return `${details}drillbook: ${error.message}; ${error.next} [${error.code}]`;
}
