import { assignedName, createMatcher, isAssignment } from './match-command.ts';
import type { ShellRecord, TraceRecord } from './parse-trace.ts';
import type { TracedCommand } from './traced-command.ts';
import { endOfBlock } from './trace-shell.ts';

/** One execution of a command of the block. Times: the container's wall clock, ms since 1970. */
export interface Execution {
  readonly command: TracedCommand;
  readonly pid: number;
  /** The process of the program it started, once it did. */
  program?: number;
  readonly startedAt: number;
  endedAt: number | null;
  /** null until it is known, and for good where bash did not show it. */
  exitCode: number | null;
  finished: boolean;
}

/** Follows a trace as it grows. */
export interface TraceResolver {
  add(record: TraceRecord): void;
  /** Everything so far, in the order in which it started. */
  readonly executions: readonly Execution[];
  running(): Execution[];
  /** The command a process is at, or the last one of the block that started. */
  commandOf(pid: number): TracedCommand | undefined;
  /** The block's own process. */
  readonly shellPid: number | undefined;
  /** False once the block has switched tracing off, changed it, or outgrown the trace. */
  readonly traced: boolean;
  /** `exitCode`: the block's; null when it is not its own (it was stopped). */
  finish(exitCode: number | null, at: number): void;
}

/** A record of a shell process for which no outcome has been seen yet. */
interface Pending {
  readonly execution: Execution | undefined;
  readonly record: ShellRecord;
  /** It was the nth record of its process. */
  readonly nth: number;
  /** The process that ran it as a program, once it did. */
  program?: number;
  /** The shell's process itself became the program. */
  replaced?: boolean;
}

interface Shell {
  records: number;
  pending: Pending[];
  last: Pending | undefined;
  /** Until its first record: where it was forked. */
  origin: { readonly parent: number; readonly afterRecords: number } | undefined;
}

export function createResolver(commands: readonly TracedCommand[], script: string): TraceResolver {
  const match = createMatcher(commands, script);
  const shells = new Map<number, Shell>();
  const programs = new Map<number, Pending>();
  const executions: Execution[] = [];
  let shellPid: number | undefined;
  let traced = true;

  const shellOf = (pid: number): Shell => {
    const known = shells.get(pid);
    if (known) return known;
    const fresh: Shell = { records: 0, pending: [], last: undefined, origin: undefined };
    shells.set(pid, fresh);
    return fresh;
  };

  const onShellRecord = (record: ShellRecord): void => {
    const shell = shellOf(record.pid);
    const nth = ++shell.records;
    if (switchesTracing(record)) traced = false;
    const origin = shell.origin;
    shell.origin = undefined;
    if (origin) closeBy(record, shellOf(origin.parent), origin.afterRecords);
    const joined = joinedTo(shell.last, record, nth);
    if (joined) {
      shell.last = { ...joined, nth };
      shell.pending = shell.pending.map((pending) => (pending === joined ? (shell.last as Pending) : pending));
      return;
    }
    const command = record.text === endOfBlock ? undefined : match(record);
    // The assignment in front of a command, or within an `export`, is no step of its own: bash has run nothing between the two.
    if (!command && isAssignment(record.text)) return;
    closeBy(record, shell, nth);
    const execution = command && {
      command,
      pid: record.pid,
      startedAt: record.at,
      endedAt: null,
      exitCode: null,
      finished: false,
    };
    if (execution) executions.push(execution);
    const pending: Pending = { execution, record, nth };
    shell.last = pending;
    shell.pending.push(pending);
  };

  const onFork = (record: Extract<TraceRecord, { kind: 'fork' }>): void => {
    shells.set(record.pid, { records: 0, pending: [], last: undefined, origin: record });
    const parent = shells.get(record.parent);
    if (parent?.last?.nth === record.afterRecords) programs.set(record.pid, parent.last);
  };

  const onExec = (pid: number): void => {
    const shell = shells.get(pid);
    if (!shell) return;
    if (shell.records > 0 || pid === shellPid) {
      if (shell.last) shell.last.replaced = true;
      if (shell.last?.execution) shell.last.execution.program = pid;
      return;
    }
    const pending = programs.get(pid);
    if (!pending) return;
    pending.program = pid;
    if (pending.execution) pending.execution.program = pid;
  };

  const onWait = (record: Extract<TraceRecord, { kind: 'wait' }>): void => {
    const pending = programs.get(record.pid);
    if (pending?.program === record.pid) settle(pending, record.status, record.at, false);
    endShell(shells.get(record.pid), record.status, record.at);
    programs.delete(record.pid);
    shells.delete(record.pid);
  };

  return {
    executions,
    get shellPid() {
      return shellPid;
    },
    get traced() {
      return traced && shellPid !== undefined;
    },
    running: () => executions.filter((execution) => !execution.finished),
    commandOf: (pid) =>
      shells.get(pid)?.last?.execution?.command ?? programs.get(pid)?.execution?.command ?? executions.at(-1)?.command,
    add: (record) => {
      if (record.kind === 'shell') onShellRecord(record);
      if (record.kind === 'start') shellPid = record.pid;
      if (record.kind === 'fork') onFork(record);
      if (record.kind === 'exec') onExec(record.pid);
      if (record.kind === 'wait') onWait(record);
      if (record.kind === 'full') traced = false;
    },
    finish: (exitCode, at) => {
      const main = shellPid === undefined ? undefined : shells.get(shellPid);
      if (exitCode !== null) endShell(main, exitCode, at);
    },
  };
}

/** The outcome of what ran before is in the next record of the same process, or of one forked right after. */
function closeBy(record: ShellRecord, shell: Shell, upTo: number): void {
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
  // For `! [[ ]]` and `! (( ))` alone bash shows the status after the inversion: success can be told, the kind of failure cannot.
  if (command.negated && (command.kind === 'test' || command.kind === 'arithmetic')) return status === 0 ? null : 0;
  return status;
}

/** What a process ends with is the status of its last command, unless that decided a condition or was turned round. */
function endShell(shell: Shell | undefined, status: number, at: number): void {
  for (const pending of shell?.pending ?? []) {
    const command = pending.execution?.command;
    const isLast = command?.role !== 'condition' && !command?.negated && status < 128;
    const known = pending.replaced || endsProcess(pending) || isLast;
    settle(pending, known ? status : null, at, true);
  }
  if (shell) shell.pending = [];
}

function settle(pending: Pending, status: number | null, at: number, final: boolean): void {
  const execution = pending.execution;
  if (!execution || execution.finished) return;
  execution.exitCode = status;
  execution.endedAt = at;
  execution.finished = final || status !== null;
}

function endsProcess(pending: Pending): boolean {
  return /^exit(\s|$)/.test(pending.record.text) || pending.replaced === true;
}

/** Bash writes a record for each part of `[[ a && b ]]` and of `a=1 b=2`. */
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
