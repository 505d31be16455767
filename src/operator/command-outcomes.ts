import type { ShellRecord } from './parse-trace.ts';
import type { Execution } from './execution.ts';

/** A record of a shell process whose outcome is not known yet. */
export interface Pending {
  /** Undefined if the record is not from a command of the block. */
  readonly execution: Execution | undefined;
  readonly record: ShellRecord;
  /** The record was the nth of its process. */
  readonly nth: number;
  /** The process that ran it as a program. */
  program?: number;
  /** The process of the shell itself became the program. */
  replaced?: boolean;
}

/** A shell process: the block's own, or a subshell. */
export interface Shell {
  records: number;
  pending: Pending[];
  last: Pending | undefined;
  /** Where the process was forked; undefined after its first record. */
  origin: { readonly parent: number; readonly afterRecords: number } | undefined;
}

/** Closes what ran before a record. The outcome is in the next record of that process, or of one that it forked. */
export function closeBy(record: ShellRecord, shell: Shell, upTo: number): void {
  const isOver = (pending: Pending): boolean =>
    pending.nth <= upTo && pending.record.level >= record.level && pending.record.depth >= record.depth;
  for (const pending of shell.pending.filter(isOver)) {
    if (endsProcess(pending)) continue;
    settle(pending, shownStatus(pending, record.statuses), record.at, true);
  }
  shell.pending = shell.pending.filter((pending) => !isOver(pending) || endsProcess(pending));
}

function shownStatus(pending: Pending, statuses: readonly number[]): number | null {
  const [status] = statuses;
  const command = pending.execution?.command;
  if (status === undefined || statuses.length !== 1 || !command) return null;
  // Only for `! [[ ]]` and `! (( ))` bash shows the inverted status, which proves success but not which failure.
  if (command.negated && (command.kind === 'test' || command.kind === 'arithmetic')) return status === 0 ? null : 0;
  return status;
}

/** Closes the last command of a process, which ends with its status unless it was a condition or negated. */
export function endShell(shell: Shell | undefined, status: number, at: number): void {
  for (const pending of shell?.pending ?? []) {
    const command = pending.execution?.command;
    const isLast = command?.role !== 'condition' && !command?.negated && status < 128;
    const known = pending.replaced || endsProcess(pending) || isLast;
    settle(pending, known ? status : null, at, true);
  }
  if (shell) shell.pending = [];
}

/** @param final whether the execution is over even if its status is unknown */
export function settle(pending: Pending, status: number | null, at: number, final: boolean): void {
  const execution = pending.execution;
  if (!execution || execution.finished) return;
  execution.exitCode = status;
  execution.endedAt = at;
  execution.finished = final || status !== null;
}

function endsProcess(pending: Pending): boolean {
  return /^exit(\s|$)/.test(pending.record.text) || pending.replaced === true;
}
