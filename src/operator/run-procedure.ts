import { open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { EventBody, ProcedureEnded } from '../history/events.ts';
import { monotonicMs, type SandboxClock } from '../kernel/clock.ts';
import type { Procedure } from '../runbook/runbook.ts';
import { createBlockProcesses, type BlockProcesses } from './block-processes.ts';
import { describeExecution } from './describe-execution.ts';
import type { OperatorHost, TtyExec } from './operator-host.ts';
import { createTraceParser, type TraceRecord } from './parse-trace.ts';
import { createPrompter, type Answer, type Prompter } from './prompter.ts';
import { createResolver, type Execution, type TraceResolver } from './resolve-commands.ts';
import { Screen } from './screen.ts';
import { prepareBlock } from './trace-shell.ts';
import { traceCommands } from './traced-command.ts';
import { openTranscript, type Transcript } from './transcript.ts';

export interface ProcedureOptions {
  readonly procedure: Procedure;
  /** Values for `$1`, `$2` ... */
  readonly args: readonly string[];
  /** It is run without them on purpose, to see what it does then. */
  readonly lacksArgs?: boolean;
  readonly answers: readonly Answer[];
  /** The block is ended after this long, real ms. */
  readonly timeoutMs: number;
  /** A command that never ends by itself is ended after this long, real ms. */
  readonly neverEndingMs: number;
  readonly clock: SandboxClock;
  /** Where the transcript goes. */
  readonly castFile: string;
  readonly signal: AbortSignal;
}

const size = { rows: 50, cols: 160 };
const everyMs = 25;
/** How long a command gets to go after being asked, and a block's output to arrive after its end; real ms. */
const graceMs = 2000;
/** How long a block that was ended may still seem to run before it is given up on: its machine does not answer; real ms. */
const giveUpMs = 10_000;

let blocks = 0;

/**
 * Runs one block of the runbook, as it stands, by bash under a terminal, and tells what became of each of its
 * commands. Ends when the block does, or ends it: after `timeoutMs`, at a prompt that nobody answers, or on interrupt, when
 * it rejects with the signal's reason after telling what was seen.
 *
 * A command that never ends by itself (`logs -f`) is sent what Ctrl-C would send it, alone, so that the block goes on.
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
  const transcript = await openTranscript(options.castFile, size, procedure.address);
  const trace = await open(block.traceFile, 'r');
  try {
    const session: Session = {
      host,
      options,
      emit,
      transcript,
      trace,
      started: monotonicMs(),
      screen: new Screen(),
      parser: createTraceParser(),
      resolver: createResolver(commands, block.script),
      processes: createBlockProcesses(host, block.traceMark),
      prompter: createPrompter(options.answers, procedure.annotation.answers ?? []),
      cut: new Map(),
    };
    const exec = await host.exec(block.argv, { tty: true, env: {}, ...size });
    const ended = await follow(session, exec);
    const alive = await answers(host);
    const lost = ended.why === 'exited' && ended.exitCode === 137 && !alive;
    // The status with which it went down with its container is not its own.
    report(session, lost ? { why: 'operator-lost', exitCode: null } : ended);
    // What the block left running may keep anything else from being started: the next one gets an operator of its own.
    if (!alive) await host.kill();
  } finally {
    await trace.close();
    await rm(block.folder, { recursive: true, force: true });
    await transcript.close();
  }
  signal.throwIfAborted();
}

interface Session {
  readonly host: OperatorHost;
  readonly options: ProcedureOptions;
  readonly emit: (event: EventBody) => void;
  readonly transcript: Transcript;
  readonly trace: FileHandle;
  /** Real ms on the monotonic clock. */
  readonly started: number;
  readonly screen: Screen;
  readonly parser: ReturnType<typeof createTraceParser>;
  readonly resolver: TraceResolver;
  readonly processes: BlockProcesses;
  readonly prompter: Prompter;
  /** Commands that we ended, and when. */
  readonly cut: Map<Execution, number>;
}

interface Ended {
  readonly why: ProcedureEnded['ended'];
  readonly exitCode: number | null;
}

/** Watches the block until it is over, and sees to it that it gets there. */
async function follow(session: Session, exec: TtyExec): Promise<Ended> {
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

async function collectOutput({ screen, transcript }: Session, exec: TtyExec): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const bytes of exec.output) {
      const text = decoder.decode(bytes, { stream: true });
      screen.add(text, monotonicMs());
      transcript.output(text);
    }
  } catch {
    // The terminal went away with its container; `wait` tells what became of the block.
  }
}

async function readTrace(session: Session): Promise<void> {
  const buffer = Buffer.alloc(64 * 1024);
  for (;;) {
    const { bytesRead } = await session.trace.read(buffer);
    for (const record of session.parser.push(buffer.subarray(0, bytesRead))) take(session, record);
    if (bytesRead === 0) return;
  }
}

function take({ resolver, prompter }: Session, record: TraceRecord): void {
  resolver.add(record);
  if (record.kind === 'tty-read')
    prompter.asked({ pid: record.pid, mode: record.mode, timed: record.timed, seenAt: monotonicMs() });
}

function reasonToStop({ options, started }: Session): ProcedureEnded['ended'] | undefined {
  if (options.signal.aborted) return 'interrupted';
  return monotonicMs() - started > options.timeoutMs ? 'cut' : undefined;
}

/** Types the answer to a question that is on the screen; one that nobody answers ends the block. */
function answerPrompts(
  { options, emit, prompter, resolver, screen, transcript }: Session,
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

/** Kills what is left of the block; where that cannot be done from within (no process can be started any more), the operator goes as a whole. */
async function endBlock({ host, processes }: Session, waited: Promise<unknown>): Promise<void> {
  const ended = waited.then(() => true);
  const killed = processes.killAll().catch(() => undefined);
  await Promise.race([killed, ended, delay(graceMs * 2)]);
  if (!(await Promise.race([ended, delay(graceMs, false)]))) await host.kill();
}

async function endNeverEnding({ options, resolver, processes, cut }: Session): Promise<void> {
  const now = monotonicMs();
  const sandboxNow = options.clock.now();
  for (const execution of resolver.running()) {
    const pid = execution.program;
    if (!execution.command.neverEnds || pid === undefined) continue;
    const asked = cut.get(execution);
    const ranMs = options.clock.toRealMs(sandboxNow - execution.startedAt);
    if (asked === undefined && ranMs >= options.neverEndingMs) {
      cut.set(execution, now);
      await processes.end(pid, false);
    } else if (asked !== undefined && now - asked >= graceMs) {
      cut.set(execution, Infinity);
      await processes.end(pid, true);
    }
  }
}

async function answers(host: OperatorHost): Promise<boolean> {
  const answered = host.run(['true']).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
  return Promise.race([answered, delay(graceMs * 2, false)]);
}

function report({ options, emit, resolver, screen, started, cut }: Session, { why, exitCode }: Ended): void {
  const { procedure, clock, args } = options;
  const endedMs = monotonicMs();
  resolver.finish(exitCode, clock.now());
  const toLocal = (sandboxMs: number): number => endedMs - clock.toRealMs(clock.now() - sandboxMs);
  for (const execution of resolver.executions) {
    // A command that we ended, or that ran when its block was ended.
    const isCut = cut.has(execution) || (why !== 'exited' && !execution.finished);
    emit(describeExecution(execution, { address: procedure.address, isCut, started, toLocal, screen, endedMs }));
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
