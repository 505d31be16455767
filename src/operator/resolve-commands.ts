/**
 * Follows the trace of one block as it grows, and resolves it to executions of the block's commands:
 *
 *     shell record  → the command that bash is about to run (match-command.ts) starts an execution
 *     next record   → closes the executions before it with the exit code that it shows (command-outcomes.ts)
 *     fork and exec → the process in which the program of an execution runs
 *     wait          → the exit code of a program, and of what a subshell ran last
 *     finish        → the exit code of the block closes the rest
 */
import { defined } from '../kernel/defined.ts';
import { errorReply } from '../kernel/redis-reply.ts';
import { closeBy, endShell, settle, type Pending, type Shell } from './command-outcomes.ts';
import type { Execution, TraceMoment } from './execution.ts';
import { quoteWord } from './inner-script.ts';
import { assignedName, createMatcher, isAssignment, isStep, type CommandMatcher } from './match-command.ts';
import type { NestedScript, ReadNested } from './nested-commands.ts';
import type { Pipes, ShellRecord, TraceRecord } from './parse-trace.ts';
import { PipeReaders } from './pipe-readers.ts';
import { createOccurrences } from './terminal-marks.ts';
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
  /** Processes of plain shells that are about to become a program. */
  readonly #becoming = new Set<number>();
  readonly #pipes = new Map<number, Pipes>();
  readonly #readers = new PipeReaders();
  readonly #markOf = createOccurrences();
  /** The block's own process. */
  #shellPid: number | undefined;
  #isComplete = true;

  readonly #readNested: ReadNested;

  /** @param script the block's file as bash names it */
  constructor(commands: readonly TracedCommand[], script: string, readNested: ReadNested) {
    this.#match = createMatcher(commands, script);
    this.#readNested = readNested;
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
    if (record.kind === 'start') this.#addStart(record);
    if (record.kind === 'fork') this.#addFork(record);
    if (record.kind === 'pipes') this.#pipes.set(record.pid, record.pipes);
    if (record.kind === 'exec') this.#addExec(record);
    if (record.kind === 'leave') this.#readers.leave(record);
    if (record.kind === 'wait') this.#addWait(record);
    if (record.kind === 'http') this.#addHttp(record);
    if (record.kind === 'sh-start') this.#addPlainStart(record);
    if (record.kind === 'run') this.#addRun(record);
    if (record.kind === 'sh-wait') this.#addPlainWait(record);
    if (record.kind === 'sh-error') this.#addPlainError(record);
    if (record.kind === 'reply') this.#addReply(record);
    if (record.kind === 'full') this.#isComplete = false;
  }

  /** How the reader of a command's output stopped reading, if it did so while the command could still write. */
  readerLeft(execution: Execution): 'left' | 'left-unread' | undefined {
    return this.#readers.left(execution, this.executions);
  }

  /** @param exitCode of the block; null if the block was stopped, because then the code is not its own */
  finish(exitCode: number | null, at: number): void {
    const main = this.#shellPid === undefined ? undefined : this.#shells.get(this.#shellPid);
    if (exitCode !== null) endShell(main, exitCode, { at, mark: undefined });
  }

  #addShellRecord(record: ShellRecord): void {
    const shell = this.#shellOf(record.pid);
    const nth = ++shell.records;
    const mark = this.#markOf(`${record.pid}.${nth}`);
    const moment: TraceMoment = { at: record.at, mark };
    if (switchesTracing(record)) this.#isComplete = false;
    const { origin } = shell;
    shell.origin = undefined;
    if (origin) closeBy(record, this.#shellOf(origin.parent), origin.afterRecords, moment);
    if (join(shell, record, nth)) return;
    const nested = nestedAround(shell, record);
    const command = record.text === endOfBlock ? undefined : (nested?.match ?? this.#match)(record);
    // An assignment in front of a command, or within an `export`, is no step of its own: it runs nothing.
    if (!command && isAssignment(record.text)) return;
    closeBy(record, shell, nth, moment);
    const understood = command ?? (isStep(record.text) ? this.#unmatched(shell, record) : undefined);
    const execution = understood && this.#start(understood, record, shell, mark);
    if (execution && command) {
      Object.assign(execution, { isNested: nested !== undefined, nested: this.#readNested(command, record) });
      if (isCaptured(command, record, shell)) execution.captured = true;
    }
    const pending: Pending = { execution, record, nth };
    shell.last = pending;
    shell.pending.push(pending);
  }

  /** A stand-in for a command that is not in the block, at the line of the command that ran last. */
  #unmatched(shell: Shell, { text }: ShellRecord): TracedCommand | undefined {
    if (text === endOfBlock) return undefined;
    const near = shell.last?.execution ?? this.executions.at(-1);
    return near && { ...near.command, ...notInBlock, text };
  }

  #start(command: TracedCommand, { pid, at }: ShellRecord, shell: Shell, startMark: string): Execution {
    const pipes = this.#pipes.get(pid);
    const execution: Execution = {
      command,
      pid,
      nth: shell.records,
      lineage: shell.lineage,
      startMark,
      startedAt: at,
      endedAt: null,
      exitCode: null,
      finished: false,
      isNested: false,
      ...defined({ pipes }),
    };
    if (this.#isConditionOf(command, shell)) execution.decides = true;
    this.executions.push(execution);
    return execution;
  }

  /** Whether a member of a pipeline, in a process of its own, ends a function whose call decides a condition. */
  #isConditionOf({ endsFunction }: TracedCommand, { lineage }: Shell): boolean {
    const parent = lineage[0] && this.#shells.get(lineage[0].pid);
    const call = parent?.pending.findLast(({ execution }) => execution?.command.name === endsFunction)?.execution;
    return endsFunction !== undefined && (call?.command.role === 'condition' || call?.decides === true);
  }

  #addFork(record: RecordOf<'fork'>): void {
    const parent = this.#shells.get(record.parent);
    const lineage = [{ pid: record.parent, records: record.afterRecords }, ...(parent?.lineage ?? [])];
    const nested = parent?.nested ?? parent?.pending.findLast(isEval)?.execution?.nested;
    const around = { lineage, nested, captured: parent?.captured };
    this.#shells.set(record.pid, { records: 0, pending: [], last: undefined, ...around, origin: record });
    if (parent?.last?.nth === record.afterRecords) this.#programs.set(record.pid, parent.last);
  }

  /** The block's own bash, or one that a command of the block started. */
  #addStart({ pid, parent }: RecordOf<'start'>): void {
    if (this.#shellPid === undefined) this.#shellPid = pid;
    if (pid === this.#shellPid) return;
    const old = this.#shellOf(pid);
    const outer = this.#outerOf(pid, parent);
    this.#becoming.delete(pid);
    if (outer?.nested) outer.nested.isTraced = true;
    this.#shells.set(pid, {
      records: 0,
      pending: [],
      last: undefined,
      lineage: outer ? [{ pid: outer.pid, records: outer.nth }, ...outer.lineage] : old.lineage,
      nested: outer?.nested ?? unknownScript,
      captured: outer?.captured,
      before: [...(old.before ?? []), ...old.pending],
      origin: undefined,
    });
  }

  #addExec({ pid, pipes }: RecordOf<'exec'>): void {
    const shell = this.#shells.get(pid);
    if (!shell) return;
    if (shell.records > 0 || pid === this.#shellPid) {
      if (shell.last) shell.last.replaced = true;
      if (shell.last?.execution) Object.assign(shell.last.execution, { program: pid, pipes });
      return;
    }
    const pending = this.#programs.get(pid);
    if (!pending) return;
    pending.program = pid;
    if (pending.execution) Object.assign(pending.execution, { program: pid, pipes });
  }

  #addHttp({ pid, parent, status }: RecordOf<'http'>): void {
    const execution = this.#executionOf(pid, parent);
    if (execution) execution.httpStatus = status;
  }

  #addReply({ pid, parent, text }: RecordOf<'reply'>): void {
    const [execution, error] = [this.#executionOf(pid, parent), errorReply(text)];
    if (execution && error !== undefined) execution.errorReply ??= error;
  }

  #executionOf(...pids: readonly number[]): Execution | undefined {
    return pids
      .map((pid) => this.#shells.get(pid)?.last?.execution ?? this.#programs.get(pid)?.execution)
      .find((one) => one !== undefined);
  }

  /** The command that a process runs. `timeout` and the like run it in a process of its own. */
  #outerOf(pid: number, parent: number): Execution | undefined {
    const program = this.#programs.get(pid) ?? this.#programs.get(parent);
    return this.#shells.get(pid)?.last?.execution ?? program?.execution;
  }

  /** A plain sh that runs a script of the block, or a subshell of it. Undefined: the process is something else. */
  #plainShell(pid: number): Shell | undefined {
    const known = this.#shells.get(pid);
    return known?.nested?.isPlain ? known : undefined;
  }

  #addPlainStart({ pid, parent }: RecordOf<'sh-start'>): void {
    const known = this.#shells.get(pid);
    const outer = this.#outerOf(pid, parent);
    const nested = outer?.nested?.isPlain ? outer.nested : undefined;
    this.#becoming.delete(pid);
    // The sh runs a file, of which nothing is known.
    if (!outer || !nested) {
      if (known?.nested?.isPlain) this.#shells.set(pid, { ...known, nested: undefined });
      return;
    }
    nested.isTraced = nested.hasOnlyPrograms;
    this.#shells.set(pid, {
      records: 0,
      pending: [],
      last: undefined,
      lineage: [{ pid: outer.pid, records: outer.nth }, ...outer.lineage],
      nested,
      captured: outer.captured,
      before: [...(known?.before ?? []), ...(known?.pending ?? [])],
      origin: undefined,
    });
  }

  #addRun({ at, pid, parent, words }: RecordOf<'run'>): void {
    const own = this.#plainShell(pid);
    const shell = own ?? this.#plainShell(parent);
    if (!shell || this.#becoming.has(pid)) return;
    this.#becoming.add(pid);
    const before = this.#programs.get(pid);
    if (own && before)
      this.#shells.set(pid, { ...own, before: [...(own.before ?? []), { ...before, replaced: true }] });
    const record = plainRecord(pid, at, words);
    const execution = this.#startPlain(shell, record);
    if (execution) Object.assign(execution, { program: pid, nested: this.#readNested(execution.command, record) });
    this.#programs.set(pid, { execution, record, nth: 0, program: pid });
  }

  /** Undefined if the record belongs to no command of the script. */
  #startPlain(shell: Shell, record: ShellRecord): Execution | undefined {
    const command = shell.nested?.match(record);
    if (!command) return undefined;
    const execution = this.#start(command, record, shell, `${record.pid}.run`);
    if (isCaptured(command, record, shell)) execution.captured = true;
    return Object.assign(execution, { isNested: true, unmarked: true });
  }

  #addPlainWait({ at, pid, status, parent }: RecordOf<'sh-wait'>): void {
    const shell = this.#plainShell(parent);
    if (!shell?.nested) {
      this.#forget(pid);
      return;
    }
    // A program shows its own failure. A subshell ends with the status of what it ran last.
    const isKnown = this.#programs.get(pid)?.execution ?? this.#plainShell(pid)?.lastStatus === status;
    if (status !== 0 && !isKnown) failUnseen(shell.nested);
    shell.lastStatus = status;
    this.#addWait({ kind: 'wait', at, pid, status });
  }

  /** A plain sh starts no process for a command that it does not find. */
  #addPlainError({ at, pid, text }: RecordOf<'sh-error'>): void {
    const shell = this.#plainShell(pid);
    if (!shell?.nested) return;
    const name = /^([^]+): not found$/.exec(text)?.[1];
    const execution = name === undefined ? undefined : this.#startPlain(shell, plainRecord(pid, at, [name]));
    if (!execution) {
      failUnseen(shell.nested);
      return;
    }
    Object.assign(execution, { exitCode: notFound, endedAt: at, finished: true });
    shell.lastStatus = notFound;
  }

  #addWait(record: RecordOf<'wait'>): void {
    const moment: TraceMoment = { at: record.at, mark: this.#markOf(`${record.pid}.w`) };
    const pending = this.#programs.get(record.pid);
    if (pending?.program === record.pid) settle(pending, record.status, moment, false);
    endShell(this.#shells.get(record.pid), record.status, moment);
    this.#forget(record.pid);
  }

  #forget(pid: number): void {
    this.#programs.delete(pid);
    this.#shells.delete(pid);
    this.#pipes.delete(pid);
    this.#becoming.delete(pid);
  }

  #shellOf(pid: number): Shell {
    const known = this.#shells.get(pid);
    if (known) return known;
    const fresh: Shell = { records: 0, pending: [], last: undefined, lineage: [], origin: undefined };
    this.#shells.set(pid, fresh);
    return fresh;
  }
}

const notInBlock = {
  name: '',
  words: [],
  role: 'command',
  negated: false,
  pipeline: undefined,
  kind: 'simple',
  neverEnds: false,
  isLast: false,
  endsFunction: undefined,
  reads: undefined,
  isUnmatched: true,
} as const;

/** A script whose text is not known: a file, or one that bash reads from its input. */
const unknownScript: NestedScript = {
  hidesFailures: false,
  isTraced: true,
  isPlain: false,
  canFailRightly: true,
  hasOnlyPrograms: false,
  match: () => undefined,
};

/** The status of a command that a shell does not find. */
const notFound = 127;

/** What bash would record of a program that a plain sh starts. */
function plainRecord(pid: number, at: number, words: readonly string[]): ShellRecord {
  const text = words.map(quoteWord).join(' ');
  return { kind: 'shell', at, pid, line: 0, statuses: [], depth: 0, level: 0, source: '', text };
}

/** Something failed that is no program of the script, so the script does more than it shows. */
function failUnseen(nested: NestedScript): void {
  nested.isTraced = false;
  if (!nested.canFailRightly) nested.hasFailedUnseen = true;
}

/** Looks at the command itself, at the calls of the functions that it is in, and at what its shell prints into. */
function isCaptured(command: TracedCommand, { depth, level }: ShellRecord, shell: Shell): boolean {
  const { pending, nested, captured } = shell;
  const calls = pending.filter(({ record }) => record.depth < depth).map(({ execution }) => execution?.command);
  const around = [command, ...calls.filter((call) => call !== undefined)];
  if (around.some(({ pipeline }) => pipeline !== undefined))
    return around.some(({ pipeline, role }) => pipeline !== undefined && role === 'condition');
  return (
    captured === true || around.some(({ inSubstitution }) => inSubstitution) || (nested === undefined && level > 0)
  );
}

/** The nested script from which a record came: that of its shell, or that of the `eval` that runs in it. */
function nestedAround(shell: Shell, { level }: ShellRecord): NestedScript | undefined {
  const evaluates = shell.pending.findLast((pending) => isEval(pending) && pending.record.level < level);
  return evaluates?.execution?.nested ?? shell.nested;
}

function isEval({ execution }: Pending): boolean {
  return execution?.command.name === 'eval';
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
