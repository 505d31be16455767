import type { Command } from './runbook.ts';

/** A command in a block, with offsets in the block instead of positions in the file. */
export interface ShellCommand extends Omit<Command, 'location' | 'lineInBlock' | 'endLineInBlock'> {
  readonly start: number;
  /** Exclusive; after the closing line of its last here-document, if it has one. */
  readonly end: number;
}
