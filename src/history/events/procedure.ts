import type { Location } from '../../kernel/errors.ts';
import { bool, event, integer, natural, number, oneOf, orNull, strings, text } from '../shape.ts';
import { location } from './runbook-facts.ts';

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
  /** Drillbook ended it: it never ends by itself, or its block was ended while it ran (then it has no duration). */
  readonly cut: boolean;
  readonly startedMs: number;
  readonly durationMs: number | null;
  /** The last lines that it printed, if it failed. */
  readonly output?: string;
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
  { pipeIndex: natural, intoPipe: bool, output: text },
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
