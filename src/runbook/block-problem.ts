import type { NotUnderstood } from '../history/events.ts';
import type { Location } from '../kernel/errors.ts';

/** A block or an annotation cannot be read. The parser of the runbook keeps it as a note and goes on. */
export class BlockProblem extends Error {
  readonly note: NotUnderstood;

  /** @param message what is wrong, and what to do about it */
  constructor(message: string, location: Location) {
    super(message);
    this.note = { message, location };
  }
}
