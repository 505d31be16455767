/** The exit codes that set-up uses, with the meaning of `src/kernel/errors.ts`. */
export const exitCode = { usage: 64, broken: 70, interrupted: 130 };

/** Set-up cannot go on. `next` is the next step for the user, as a clause that follows a semicolon. */
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
 * One line for the user, below the last output of the command that failed.
 * @param {unknown} error
 */
export function formatSetupError(error) {
  if (!(error instanceof SetupError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const details = error.details ? `${error.details}\n` : '';
  return `${details}drillbook: ${error.message}; ${error.next} [${error.code}]`;
}
