import type { Location } from '../../kernel/errors.ts';
import { bool, event, integer, natural, number, oneOf, orNull, strings, text } from '../shape.ts';
import { location } from './location.ts';

export const purposes = ['diagnosis', 'recovery', 'placebo', 'maintenance', 'repeat'] as const;
export type Purpose = (typeof purposes)[number];

export interface ProcedureStarted {
  readonly type: 'procedure.started';
  readonly address: string;
  readonly purpose: Purpose;
  readonly location: Location;
  readonly args: readonly string[];
  /** The exit status that the scenario or the runbook expects of the block. Absent: 0. */
  readonly expectExit?: number;
  /** The block is cut off after so long, as if its operator had been called away; real ms. */
  readonly cutAfterMs?: number;
}

/** One simple command of a procedure, with its place in the runbook. */
export interface CommandRan {
  readonly type: 'command';
  readonly address: string;
  readonly location: Location;
  /** The command's source text, first line, shortened. */
  readonly text: string;
  /** null: it was running when the procedure was cut, or its status could not be observed. */
  readonly exitCode: number | null;
  /** `condition`: its status decides an if/while/&&/||, so non-zero is no failure. */
  readonly role: 'command' | 'condition' | 'background';
  /** For members of a pipeline, 0-based. */
  readonly pipeIndex?: number;
  /** Its output goes into a pipe. Another member's status is the pipeline's. */
  readonly intoPipe?: boolean;
  /**
   * The reader of its output stopped reading while the command could still write. `left-unread`: with more to read.
   * Absent: it read to the end, or the command succeeded, or it is not known.
   */
  readonly reader?: 'left' | 'left-unread';
  /** Drillbook ended it: it never ends by itself, or its block was ended while it ran (then it has no duration). */
  readonly cut: boolean;
  /** `((…))`, `let`, or a function that ends with one: the status 1 only says that the value is zero. */
  readonly arithmetic?: boolean;
  /** It is `timeout` around a command that never ends by itself, and the limit ended it. */
  readonly limited?: boolean;
  /** It surely changes nothing. The service or host that it asks. */
  readonly reads?: string;
  /** It runs several commands in a shell that is not traced, and its exit code does not show whether each succeeded. */
  readonly hidesFailures?: boolean;
  /** It failed, and nothing in the block comes after it: the last command, or a member of the last pipeline. */
  readonly isLast?: boolean;
  /** The HTTP status of 400 or more that curl got and that neither its exit code nor its output shows. */
  readonly httpStatus?: number;
  /** It ran, but is none of the commands of the block that Drillbook found. Only recorded if it failed. */
  readonly unmatched?: boolean;
  readonly startedMs: number;
  readonly durationMs: number | null;
  /** The last lines that it printed, if it failed. Absent: none, or it is not certain which. */
  readonly output?: string;
  /** Another member of its pipeline may have printed some of these lines. */
  readonly outputOf?: 'pipeline';
  /** The error that it printed although it ended with 0: redis-cli does so with an error that Redis replies. */
  readonly errorReply?: string;
  /** The block itself gets its output: as a value (`$(…)`), or in a pipe whose last command decides a condition. */
  readonly captured?: boolean;
}

export interface PromptSeen {
  readonly type: 'prompt';
  readonly address: string;
  readonly location: Location;
  readonly text: string;
  readonly answer: string | null;
}

export interface ProcedureEnded {
  readonly type: 'procedure.ended';
  readonly address: string;
  /** The block's own exit status; null when it was cut. */
  readonly exitCode: number | null;
  readonly ended: 'exited' | 'cut' | 'unanswered-prompt' | 'interrupted' | 'operator-lost';
  /** False when the block switched the tracing off, so that commands may be missing. */
  readonly traced: boolean;
  readonly output: string;
  readonly outputCut: boolean;
  readonly cast: string;
  readonly durationMs: number;
  /** `<placeholder>`s or parameters without a value. */
  readonly unfilled: readonly string[];
}

export const procedureStarted = event<ProcedureStarted>(
  { address: text, purpose: oneOf(...purposes), location, args: strings },
  { expectExit: number, cutAfterMs: number },
);
export const command = event<CommandRan>(
  {
    address: text,
    location,
    text,
    exitCode: orNull(integer),
    role: oneOf('command', 'condition', 'background'),
    cut: bool,
    startedMs: number,
    durationMs: orNull(number),
  },
  {
    pipeIndex: natural,
    intoPipe: bool,
    reader: oneOf('left', 'left-unread'),
    arithmetic: bool,
    limited: bool,
    reads: text,
    hidesFailures: bool,
    unmatched: bool,
    httpStatus: natural,
    isLast: bool,
    output: text,
    outputOf: oneOf('pipeline'),
    errorReply: text,
    captured: bool,
  },
);
export const prompt = event<PromptSeen>({ address: text, location, text, answer: orNull(text) });
export const procedureEnded = event<ProcedureEnded>({
  address: text,
  exitCode: orNull(integer),
  ended: oneOf('exited', 'cut', 'unanswered-prompt', 'interrupted', 'operator-lost'),
  traced: bool,
  output: text,
  outputCut: bool,
  cast: text,
  durationMs: number,
  unfilled: strings,
});
