/**
 * Follows the trace of one block as it grows, and resolves it to executions of the block's commands:
 *
 *     shell record  → the command that bash is about to run (match-command.ts) starts an execution
 *     next record   → closes the executions before it with the exit code that it shows (command-outcomes.ts)
 *     fork and exec → the process in which the program of an execution runs
 *     wait          → the exit code of a program, and of what a subshell ran last
 *     finish        → the exit code of the block closes the rest
 */
import { closeBy, endShell, settle, type Pending, type Shell } from './command-outcomes.ts';
import type { Execution } from './execution.ts';
import { assignedName, createMatcher, isAssignment, type CommandMatcher } from './match-command.ts';
import type { ShellRecord, TraceRecord } from './parse-trace.ts';
import type { TracedCommand } from './traced-command.ts';
import { endOfBlock } from './trace-shell.ts';

type RecordOf<Kind extends TraceRecord['kind']> = Extract<TraceRecord, { readonly kind: Kind }>;

export class TraceResolver {
  /** Everything so far, in the order of the starts. */
  readonly executions: Execution[] = [];
  readonly #match: CommandMatcher;
  readonly #shells = new Map<number, Shell>();
  /** Forked processes that may run a program, and the record that started them. */
  readonly #programs = new Map<number, Pending>();
  /** The block's own process. */
  #shellPid: number | undefined;
  #isComplete = true;

  /** @param script the block's file as bash names it */
  constructor(commands: readonly TracedCommand[], script: string) {
    this.#match = createMatcher(commands, script);
  }

  /** False if the block switched tracing off, changed it, or wrote more than the trace can hold. */
  get traced(): boolean {
    return this.#isComplete && this.#shellPid !== undefined;
  }

  running(): readonly Execution[] {
    return this.executions.filter((execution) => !execution.finished);
  }

  /** The command that a process runs, or the last command of the block that started. */
  commandOf(pid: number): TracedCommand | undefined {
    const ownLast = this.#shells.get(pid)?.last;
    const execution = ownLast?.execution ?? this.#programs.get(pid)?.execution ?? this.executions.at(-1);
    return execution?.command;
  }

  add(record: TraceRecord): void {
    if (record.kind === 'shell') this.#addShellRecord(record);
    if (record.kind === 'start') this.#shellPid = record.pid;
    if (record.kind === 'fork') this.#addFork(record);
    if (record.kind === 'exec') this.#addExec(record.pid);
    if (record.kind === 'wait') this.#addWait(record);
    if (record.kind === 'full') this.#isComplete = false;
  }

  /** @param exitCode of the block; null if the block was stopped, because then the code is not its own */
  finish(exitCode: number | null, at: number): void {
    const main = this.#shellPid === undefined ? undefined : this.#shells.get(this.#shellPid);
    if (exitCode !== null) endShell(main, exitCode, at);
  }

  #addShellRecord(record: ShellRecord): void {
    const shell = this.#shellOf(record.pid);
    const nth = ++shell.records;
    if (switchesTracing(record)) this.#isComplete = false;
    const { origin } = shell;
    shell.origin = undefined;
    if (origin) closeBy(record, this.#shellOf(origin.parent), origin.afterRecords);
    if (join(shell, record, nth)) return;
    const command = record.text === endOfBlock ? undefined : this.#match(record);
    // An assignment in front of a command, or within an `export`, is no step of its own: it runs nothing.
    if (!command && isAssignment(record.text)) return;
    closeBy(record, shell, nth);
    const execution = command && this.#start(command, record);
    const pending: Pending = { execution, record, nth };
    shell.last = pending;
    shell.pending.push(pending);
  }

  #start(command: TracedCommand, { pid, at }: ShellRecord): Execution {
    const execution: Execution = { command, pid, startedAt: at, endedAt: null, exitCode: null, finished: false };
    this.executions.push(execution);
    return execution;
  }

  #addFork(record: RecordOf<'fork'>): void {
    this.#shells.set(record.pid, { records: 0, pending: [], last: undefined, origin: record });
    const parent = this.#shells.get(record.parent);
    if (parent?.last?.nth === record.afterRecords) this.#programs.set(record.pid, parent.last);
  }

  #addExec(pid: number): void {
    const shell = this.#shells.get(pid);
    if (!shell) return;
    if (shell.records > 0 || pid === this.#shellPid) {
      if (shell.last) shell.last.replaced = true;
      if (shell.last?.execution) shell.last.execution.program = pid;
      return;
    }
    const pending = this.#programs.get(pid);
    if (!pending) return;
    pending.program = pid;
    if (pending.execution) pending.execution.program = pid;
  }

  #addWait(record: RecordOf<'wait'>): void {
    const pending = this.#programs.get(record.pid);
    if (pending?.program === record.pid) settle(pending, record.status, record.at, false);
    endShell(this.#shells.get(record.pid), record.status, record.at);
    this.#programs.delete(record.pid);
    this.#shells.delete(record.pid);
  }

  #shellOf(pid: number): Shell {
    const known = this.#shells.get(pid);
    if (known) return known;
    const fresh: Shell = { records: 0, pending: [], last: undefined, origin: undefined };
    this.#shells.set(pid, fresh);
    return fresh;
  }
}

/** Joins a record to the last one of its shell, if both belong to the same command. */
function join(shell: Shell, record: ShellRecord, nth: number): boolean {
  const joined = joinedTo(shell.last, record, nth);
  if (!joined) return false;
  const again = { ...joined, nth };
  shell.last = again;
  shell.pending = shell.pending.map((pending) => (pending === joined ? again : pending));
  return true;
}

/** The record to which this one belongs: bash writes a record for each part of `[[ a && b ]]` and of `a=1 b=2`. */
function joinedTo(last: Pending | undefined, record: ShellRecord, nth: number): Pending | undefined {
  const command = last?.execution?.command;
  if (!last || !command || last.nth !== nth - 1 || last.record.line !== record.line) return undefined;
  if (last.record.level !== record.level || last.record.depth !== record.depth) return undefined;
  if (command.kind === 'test')
    return record.text.startsWith('[[ ') && / (&&|\|\|) /.test(command.text) && last.record.text !== record.text
      ? last
      : undefined;
  const again = isAssignment(record.text) && assignedName(record.text) !== assignedName(command.text);
  return command.kind === 'assignment' && again && command.text.includes(`${assignedName(record.text) ?? ''}=`)
    ? last
    : undefined;
}

function switchesTracing(record: ShellRecord): boolean {
  return /^set (.* )?(\+[a-z]*x|\+o xtrace)/.test(record.text) || /^(unset )?(BASH_XTRACEFD|PS4)\b/.test(record.text);
}
