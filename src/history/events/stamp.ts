import { fields, integer, isFigure, kind, oneOf, text } from '../shape.ts';

/** `treatment`: the runbook's procedure is run. `control`: the same fault without it. */
export type Arm = 'treatment' | 'control';

/** What every event carries besides its own fields. */
export interface Stamp {
  /** Counts the events of a history from 0, without a gap. */
  readonly seq: number;
  /** Real milliseconds since the run's start, on a monotonic clock. */
  readonly t: number;
  /** The sandbox's wall clock, in milliseconds since 1970. */
  readonly s: number;
  /** Set on everything that happens within a scenario. */
  readonly scenario?: string;
  readonly arm?: Arm;
}

/** JavaScript writes dates up to the end of the year 9999 in the usual form. */
const lastInstant = 253_402_300_800_000;

export const stamp = fields<Stamp>(
  {
    seq: integer,
    t: kind<number>('a time in ms', isFigure),
    s: kind<number>('a time in ms since 1970', (value) => isFigure(value) && value >= 0 && value < lastInstant),
  },
  { scenario: text, arm: oneOf('treatment', 'control') },
);
