import type { Command } from './runbook.ts';

/** A command as it stands in a block: offsets instead of places in the file. */
export interface ShellCommand extends Omit<Command, 'location' | 'lineInBlock' | 'endLineInBlock'> {
  readonly start: number;
  /** Exclusive; behind the closing line of its last here-document, if it has any. */
  readonly end: number;
}
