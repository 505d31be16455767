import { plainText } from './plain-text.ts';
import { reasonOf } from './reason-of.ts';

/** A position in a user's file. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly endLine?: number;
}

/** Process exit codes; only the binary sets them. */
export const exitCode = {
  passed: 0,
  failed: 1,
  inconclusive: 2,
  usage: 64,
  broken: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

interface DrillbookErrorOptions {
  readonly code: string;
  /** The next step for the user, as a clause that follows a semicolon. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** An error that tells the user what to do: a stable code, one sentence, a next step. */
export class DrillbookError extends Error {
  readonly code: string;
  readonly next: string | undefined;
  readonly exitCode: ExitCode = exitCode.broken;

  constructor(message: string, options: DrillbookErrorOptions) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.next = options.next;
  }
}

/** The user's input (runbook, scenario, configuration, flag) is not usable. Exit code 64; nothing was started. */
export class InputError extends DrillbookError {
  override readonly exitCode: ExitCode = exitCode.usage;
  readonly location: Location | undefined;

  constructor(message: string, options: DrillbookErrorOptions & { readonly location?: Location }) {
    super(message, options);
    this.location = options.location;
  }
}

/** A condition did not become true in time. */
export class DeadlineError extends DrillbookError {
  constructor(what: string, afterMs: number, cause?: unknown) {
    super(`${what} did not happen within ${Math.round(afterMs)} ms`, { code: 'DEADLINE', cause });
  }
}

/** `file:line:column`, which editors and terminals recognise. */
export function formatLocation(location: Location): string {
  const column = location.column === undefined ? '' : `:${location.column}`;
  return `${location.file}:${location.line}${column}`;
}

/** An error for the user: location, message, next step, code. Quoted text cannot control a terminal or a log. */
export function formatError(error: unknown): string {
  if (error instanceof DrillbookError) {
    const where = error instanceof InputError && error.location ? `${formatLocation(error.location)}: ` : '';
    const next = error.next ? `; ${error.next}` : '';
    return plainText(`${where}${error.message}${causeOf(error)}${next} [${error.code}]`);
  }
  return plainText(reasonOf(error));
}

/** The last problem before a deadline passed. An error that only says that time ran out is left out. */
function causeOf(error: DrillbookError): string {
  const { cause } = error;
  if (!(error instanceof DeadlineError) || !(cause instanceof Error)) return '';
  return cause.name === 'TimeoutError' || cause.name === 'AbortError' ? '' : `: ${cause.message}`;
}
