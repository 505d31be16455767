/**
 * Runs one block of the runbook, unchanged, by bash under a terminal, and records what happened to each of its
 * commands:
 *
 *     prepareBlock → host.exec → follow: output → screen, transcript
 *                                        trace  → parser → resolver, prompter
 *                                        until the block ends, or must be ended → recordOutcome
 *
 * The trace comes from `set -x` (trace-shell.ts) and from the library of native/block-trace.c. It shows which command
 * of
 * the block runs, its exit code, and which process waits for the keyboard.
 */
import { open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { EventBody, ProcedureEnded } from '../history/events.ts';
import { startAllowance, type Allowance } from '../kernel/allowance.ts';
import type { Redaction } from '../history/redaction.ts';
import { monotonicMs, type SandboxClock } from '../kernel/clock.ts';
import type { Procedure } from '../runbook/runbook.ts';
import { loadShellGrammar } from '../runbook/shell-grammar.ts';
import { createBlockProcesses, type BlockProcesses } from './block-processes.ts';
import { describeExecution, hidesFailures } from './describe-execution.ts';
import type { Execution } from './execution.ts';
import type { OperatorHost, TtyExec } from './operator-host.ts';
import { createTraceParser, type TraceRecord } from './parse-trace.ts';
import { createPrompter, type Answer, type Prompter } from './prompter.ts';
import { TraceResolver } from './resolve-commands.ts';
import { Screen } from './screen.ts';
import { TerminalMarks } from './terminal-marks.ts';
import { prepareBlock } from './trace-shell.ts';
import { traceCommands } from './traced-command.ts';
import { createNestedReader } from './nested-commands.ts';
import { createOwnOutputs } from './own-output.ts';
import { openTranscript, type Transcript } from './transcript.ts';

export interface ProcedureOptions {
  readonly procedure: Procedure;
  /** Values for `$1`, `$2` ... */
  readonly args: readonly string[];
  /** The block runs without its arguments on purpose, so missing ones are not reported. */
  readonly lacksArgs?: boolean;
  readonly answers: readonly Answer[];
  /** The block is ended after this time. */
  readonly allowance: Allowance;
  /** A command that never ends by itself is ended after this time, real ms. */
  readonly neverEndingMs: number;
  readonly clock: SandboxClock;
  /** The file for the transcript. */
  readonly castFile: string;
  /** What the transcript must not hold. */
  readonly redaction?: Redaction | undefined;
  readonly signal: AbortSignal;
}

const size = { rows: 50, cols: 160 };
const everyMs = 25;
/** Time for a command to end after Ctrl-C, and for the last output to arrive after the end of a block; real ms. */
const graceMs = 2000;
/** Time after which a block that was ended is given up, because its machine does not answer; real ms. */
const giveUpMs = 10_000;

let blocks = 0;

/**
 * Runs one block and emits its events. The block is ended when its time is over, at a prompt without an answer, or when
 * `signal` aborts. Only a command that never ends by itself (`logs -f`) is interrupted alone, so that the block goes
 * on.
 * @throws the reason of `signal`, after the events were emitted
 */
export async function runProcedure(
  host: OperatorHost,
  options: ProcedureOptions,
  emit: (event: EventBody) => void,
): Promise<void> {
  const { procedure, signal } = options;
  const commands = traceCommands(procedure.commands);
  const block = await prepareBlock(host, {
    id: `block-${process.pid}-${++blocks}`,
    code: procedure.code,
    args: options.args,
    ...size,
  });
  const transcript = await openTranscript(options.castFile, size, procedure.address, options.redaction);
  const trace = await open(block.traceFile, 'r');
  using time = startAllowance(options.clock, options.allowance);
  try {
    const session: BlockSession = {
      host,
      options,
      emit,
      transcript,
      trace,
      started: monotonicMs(),
      over: time.over,
      screen: new Screen(),
      marks: new TerminalMarks(),
      parser: createTraceParser(),
      resolver: new TraceResolver(commands, block.script, createNestedReader(await loadShellGrammar(), procedure.code)),
      processes: createBlockProcesses(host, block.traceMark),
      prompter: createPrompter(options.answers, procedure.annotation.answers ?? []),
      cut: new Map(),
    };
    const exec = await host.exec(block.argv, { tty: true, env: {}, ...size });
    const ended = await follow(session, exec);
    const alive = await answers(host);
    const lost = ended.why === 'exited' && ended.exitCode === 137 && !alive;
    // A block that died with its container did not end by itself, so its exit code means nothing.
    recordOutcome(session, lost ? { why: 'operator-lost', exitCode: null } : ended);
    // Processes that the block left may block every new one. The next block then gets a new operator.
    if (!alive) await host.kill();
  } finally {
    await trace.close();
    await rm(block.folder, { recursive: true, force: true });
    await transcript.close();
  }
  signal.throwIfAborted();
}

interface BlockSession {
  readonly host: OperatorHost;
  readonly options: ProcedureOptions;
  readonly emit: (event: EventBody) => void;
  readonly transcript: Transcript;
  readonly trace: FileHandle;
  /** Real ms on the monotonic clock. */
  readonly started: number;
  /** Aborts when the time of the block is over. */
  readonly over: AbortSignal;
  readonly screen: Screen;
  readonly marks: TerminalMarks;
  readonly parser: ReturnType<typeof createTraceParser>;
  readonly resolver: TraceResolver;
  readonly processes: BlockProcesses;
  readonly prompter: Prompter;
  /** The commands that Drillbook ended, and when. */
  readonly cut: Map<Execution, number>;
}

interface Ended {
  readonly why: ProcedureEnded['ended'];
  readonly exitCode: number | null;
}

/** Watches the block until it is over, and ends it if it must be ended. */
async function follow(session: BlockSession, exec: TtyExec): Promise<Ended> {
  const output = collectOutput(session, exec);
  const exit = { code: undefined as number | undefined, error: undefined as unknown };
  const waited = exec.wait().then(
    (code) => (exit.code = code),
    (error: unknown) => (exit.error = error),
  );
  let stopped: ProcedureEnded['ended'] | undefined;
  let giveUpAt = Infinity;
  while (exit.code === undefined && exit.error === undefined && monotonicMs() < giveUpAt) {
    await delay(everyMs);
    await readTrace(session);
    if (stopped) continue;
    stopped = reasonToStop(session) ?? answerPrompts(session, exec);
    if (stopped) {
      giveUpAt = monotonicMs() + giveUpMs;
      await endBlock(session, waited);
    } else await endNeverEnding(session);
  }
  await Promise.race([output, delay(graceMs)]);
  await readTrace(session);
  for (const record of session.parser.end()) take(session, record);
  if (exit.error !== undefined) return { why: stopped ?? 'operator-lost', exitCode: null };
  return stopped ? { why: stopped, exitCode: null } : { why: 'exited', exitCode: exit.code ?? null };
}

async function collectOutput({ marks, screen, transcript }: BlockSession, exec: TtyExec): Promise<void> {
  const decoder = new TextDecoder();
  const show = (text: string): void => {
    screen.add(text, monotonicMs());
    transcript.output(text);
  };
  try {
    for await (const bytes of exec.output) {
      show(marks.push(decoder.decode(bytes, { stream: true })));
    }
    show(marks.end());
  } catch {
    // The terminal is gone with its container. `wait` shows how the block ended.
  }
}

async function readTrace(session: BlockSession): Promise<void> {
  const buffer = Buffer.alloc(64 * 1024);
  for (;;) {
    const { bytesRead } = await session.trace.read(buffer);
    for (const record of session.parser.push(buffer.subarray(0, bytesRead))) take(session, record);
    if (bytesRead === 0) return;
  }
}

function take({ resolver, prompter }: BlockSession, record: TraceRecord): void {
  resolver.add(record);
  if (record.kind === 'tty-read')
    prompter.asked({ pid: record.pid, mode: record.mode, timed: record.timed, seenAt: monotonicMs() });
}

function reasonToStop({ options, over }: BlockSession): ProcedureEnded['ended'] | undefined {
  if (options.signal.aborted) return 'interrupted';
  return over.aborted ? 'cut' : undefined;
}

/** Types the answer to a question on the screen. Returns the reason to end the block if there is no answer. */
function answerPrompts(
  { options, emit, prompter, resolver, screen, transcript }: BlockSession,
  exec: TtyExec,
): ProcedureEnded['ended'] | undefined {
  const question = prompter.next(screen, monotonicMs());
  if (!question) return undefined;
  const { procedure } = options;
  const location = resolver.commandOf(question.pid)?.location ?? procedure.location;
  emit({ type: 'prompt', address: procedure.address, location, text: question.text, answer: question.reply ?? null });
  if (question.reply === undefined) return question.timed ? undefined : 'unanswered-prompt';
  const typed = question.mode === 'char' ? question.reply : `${question.reply}\r`;
  transcript.input(typed);
  exec.write(typed);
  return undefined;
}

/** Kills the processes of the block. If no process can be started for that any more, it kills the whole operator. */
async function endBlock({ host, processes }: BlockSession, waited: Promise<unknown>): Promise<void> {
  const ended = waited.then(() => true);
  const killed = processes.killAll().catch(() => undefined);
  await Promise.race([killed, ended, delay(graceMs * 2)]);
  if (!(await Promise.race([ended, delay(graceMs, false)]))) await host.kill();
}

async function endNeverEnding({ options, resolver, processes, cut }: BlockSession): Promise<void> {
  const now = monotonicMs();
  const running = resolver.running();
  const isWaiting = running.some(({ command }) => command.name === 'wait');
  for (const execution of running) {
    if (execution.command.role === 'background' && !isWaiting) continue;
    const pid = execution.program;
    if (!execution.command.neverEnds || pid === undefined) continue;
    const asked = cut.get(execution);
    const ranMs = now - options.clock.realAt(execution.startedAt);
    if (asked === undefined && ranMs >= options.neverEndingMs) {
      cut.set(execution, now);
      await processes.end(pid, false);
    } else if (asked !== undefined && now - asked >= graceMs) {
      cut.set(execution, Infinity);
      await processes.end(pid, true);
    }
  }
}

function endedWell(execution: Execution): boolean {
  const { exitCode, httpStatus, errorReply } = execution;
  return exitCode === 0 && httpStatus === undefined && errorReply === undefined && !hidesFailures(execution);
}

function entersContainer({ command }: Execution): boolean {
  return command.kind === 'simple' && /\bdocker\b[^]*\b(?:exec|run)\b/.test(command.text);
}

async function answers(host: OperatorHost): Promise<boolean> {
  const answered = host.run(['true']).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
  return Promise.race([answered, delay(graceMs * 2, false)]);
}

function recordOutcome(
  { options, emit, resolver, screen, marks, started, cut }: BlockSession,
  { why, exitCode }: Ended,
): void {
  const { procedure, clock, args } = options;
  const endedMs = monotonicMs();
  resolver.finish(exitCode, clock.now());
  const toLocal = (sandboxMs: number): number => clock.realAt(sandboxMs);
  const outputOf = createOwnOutputs(resolver.executions, marks, screen);
  for (const execution of resolver.executions) {
    // The outer command stands for what it runs, unless that fails. The wall may know of a failure in a container.
    if (execution.isNested && endedWell(execution) && !entersContainer(execution)) continue;
    if (execution.command.isUnmatched && !execution.exitCode) continue;
    // Drillbook ended the command, or the command ran when its block was ended.
    const isCut = cut.has(execution) || (why !== 'exited' && !execution.finished);
    const reader = resolver.readerLeft(execution);
    emit(describeExecution(execution, { address: procedure.address, isCut, started, toLocal, outputOf, reader }));
  }
  const missing = (options.lacksArgs ? [] : procedure.parameters)
    .filter((name) => /^\d+$/.test(name) && Number(name) > args.length)
    .map((name) => `$${name}`);
  emit({
    type: 'procedure.ended',
    address: procedure.address,
    exitCode,
    ended: why,
    traced: resolver.traced,
    output: screen.text(),
    outputCut: screen.isCut,
    cast: path.basename(options.castFile),
    durationMs: Math.round(endedMs - started),
    unfilled: [...procedure.placeholders.map((name) => `<${name}>`), ...missing],
  });
}
