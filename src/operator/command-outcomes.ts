import type { NestedScript } from './nested-commands.ts';
import type { ShellRecord } from './parse-trace.ts';
import type { Execution, Lineage, TraceMoment } from './execution.ts';
import type { TracedCommand } from './traced-command.ts';

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
  readonly lineage: Lineage;
  /** The nested script that it runs. */
  readonly nested?: NestedScript | undefined;
  /** What it prints goes to the output of a command that is captured. */
  readonly captured?: boolean | undefined;
  /** The last status that a plain sh got of a process. */
  lastStatus?: number;
  /** What ran in this process before it became a nested shell. */
  readonly before?: readonly Pending[];
  /** Where the process was forked; undefined after its first record. */
  origin: { readonly parent: number; readonly afterRecords: number } | undefined;
}

/** Closes what ran before a record. The outcome is in the next record of that process, or of one that it forked. */
export function closeBy(record: ShellRecord, shell: Shell, upTo: number, moment: TraceMoment): void {
  const isOver = (pending: Pending): boolean =>
    pending.nth <= upTo && pending.record.level >= record.level && pending.record.depth >= record.depth;
  const over = shell.pending.filter(isOver);
  passOn(over);
  for (const pending of over) {
    if (endsProcess(pending)) continue;
    settle(pending, shownStatus(pending, record.statuses), moment, true);
  }
  shell.pending = shell.pending.filter((pending) => !isOver(pending) || endsProcess(pending));
}

/** A function ends with the status of its last command, so both are over at once. */
function passOn(over: readonly Pending[]): void {
  const inner = over.at(-1);
  if (!inner?.execution) return;
  const calls = over.filter(({ record }) => record.depth < inner.record.depth);
  if (isArithmetic(inner.execution.command))
    for (const { execution } of calls) if (execution) execution.endsArithmetic = true;
  const condition = calls.find(({ execution }) => execution?.command.role === 'condition');
  if (!condition) return;
  for (const { execution, record } of over)
    if (execution && record.depth > condition.record.depth) execution.decides = true;
}

/** A statement whose status only says whether a value is zero. */
export function isArithmetic({ kind, name }: TracedCommand): boolean {
  return kind === 'arithmetic' || name === 'let';
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
export function endShell(shell: Shell | undefined, status: number, moment: TraceMoment): void {
  passOn(shell?.pending ?? []);
  for (const pending of [...(shell?.before ?? []), ...(shell?.pending ?? [])]) {
    const command = pending.execution?.command;
    // What a trap ran last does not decide the status of its process.
    const isLast = !command?.isUnmatched && command?.role !== 'condition' && !command?.negated && status < 128;
    const known = pending.replaced || endsProcess(pending) || isLast;
    settle(pending, known ? status : null, moment, true);
  }
  if (shell) shell.pending = [];
}

/** @param final whether the execution is over even if its status is unknown */
export function settle(pending: Pending, status: number | null, { at, mark }: TraceMoment, final: boolean): void {
  const execution = pending.execution;
  if (!execution || execution.finished) return;
  execution.exitCode = status;
  execution.endedAt = at;
  execution.endMark = mark;
  execution.finished = final || status !== null;
}

function endsProcess(pending: Pending): boolean {
  return /^exit(\s|$)/.test(pending.record.text) || pending.replaced === true;
}
