import path from 'node:path';

import type { ArmContext, Responder } from '../arm/arm-context.ts';
import {
  playerAddress,
  type DrillEnd,
  type EventBody,
  type HerringKind,
  type HistoryEvent,
  type PageSent,
  type RunStarted,
  type ScenarioPlan,
} from '../history/events.ts';
import { ordersName } from '../history/file-names.ts';
import type { Allowance } from '../kernel/allowance.ts';
import type { SandboxClock } from '../kernel/clock.ts';
import { Cleanup } from '../kernel/disposal.ts';
import { DeadlineError, formatError } from '../kernel/errors.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { seconds } from '../kernel/words.ts';
import { openTranscript } from '../operator/transcript.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { affectedParts } from '../verdict/drill/answers.ts';
import { DrillPause } from './drill-pause.ts';
import { herrings } from './herrings/herrings.ts';
import { createHintLadder, type HintLadder } from './hint-ladder.ts';
import { hintsFor } from './hints.ts';
import { createOrders, type Directed } from './orders.ts';
import { PageRules } from './page-rules.ts';
import { doorName, openPlayerDoor } from './player-door.ts';
import { openPlayerShell, type PlayerShell } from './player-shell.ts';
import { createPlayerWords, lineOf } from './player-words.ts';
import { createRecogniser } from './recognise-line.ts';
import { readRunbookText } from './runbook-text.ts';
import { writeShellFiles, type ShellFiles } from './shell-files.ts';
import { ShellTrace, type ShellLine } from './shell-trace.ts';
import type { Terminal } from './terminal.ts';

export interface DirectorOptions {
  readonly run: RunStarted;
  readonly plan: ScenarioPlan;
  readonly runbook: Runbook;
  readonly level: number;
  /** Sandbox ms. */
  readonly quietMs: number;
  /** The incident comes when a facilitator says so. */
  readonly manual?: boolean;
  readonly herring?: HerringKind | undefined;
  /** Real ms. */
  readonly timeLimitMs: number;
  readonly terminal: Terminal;
  /** Prints each page at once, besides the bell: for screen readers and for `--plain`. */
  readonly plain: boolean;
}

/** File of the recording of the player's terminal, beside the history. */
const castName = 'player.cast';
/** How often the shell's reports are read, real ms. */
const traceEveryMs = 50;
/** At the faultless drill the page comes this much later than the incident would, sandbox ms. */
const routinePageAfterMs = 30_000;
/** On top of the player's time, so that the drill ends itself before its phase is cut, real ms. */
const marginMs = 5000;
/** By so much a facilitator may extend a drill at most, and so long it waits for the order to inject; real ms. */
const mostMoreMs = 7_200_000;

/**
 * Directs one drill: opens the player's shell and the door beside it, waits, rings the pager, and ends it. It is fed
 * the events of the arm. It touches Docker only through the operator's container.
 */
export class Director implements Responder {
  readonly allowance: Allowance;
  readonly #options: DirectorOptions;
  /** Aborts when the drill ends. */
  readonly #over = new AbortController();
  /** Aborts when a facilitator lets the incident come. */
  readonly #injected = new AbortController();
  readonly #pages: PageSent[] = [];
  /** What the player is shown before the next prompt. */
  readonly #news: string[] = [];
  #timeLimitMs: number;
  #cleanup = new Cleanup();
  #emit: (event: EventBody) => void = () => undefined;
  #ended: DrillEnd | undefined;
  readonly #rules: PageRules;
  #shell: PlayerShell | undefined;
  #files: ShellFiles | undefined;
  #hasIncident = false;
  #signal: AbortSignal | undefined;
  #pause: DrillPause | undefined;
  #pausedBy = '';
  /** The player waits or responds: nothing is being broken or taken down. */
  #mayPause = false;
  /** The last word of the player has its answer on the screen. */
  #isAnswered = false;

  constructor(options: DirectorOptions) {
    this.#options = options;
    this.#timeLimitMs = options.timeLimitMs;
    this.allowance = { sandboxMs: this.#inSandbox(options.timeLimitMs + mostMoreMs), marginMs };
    this.#rules = new PageRules(options.run, options.plan, options.level);
  }

  /** Every event of the arm, from its first one on: later samples hold only what has changed. */
  apply(event: HistoryEvent): void {
    this.#rules.apply(event);
    if (event.type !== 'sample' || !this.#hasIncident || this.#ended !== undefined) return;
    const page = this.#rules.due();
    if (page) this.#send(page);
  }

  async awaitIncident(context: ArmContext, signal: AbortSignal): Promise<boolean> {
    const { quietMs, manual } = this.#options;
    const { clock } = context.fleet.sandbox;
    this.#emit = context.emit;
    this.#signal = signal;
    this.#cleanup = new Cleanup(context.hurry);
    await this.#plantHerring(context);
    await this.#openShell(context);
    context.emit({ type: 'drill.quiet', ms: quietMs });
    this.#mayPause = true;
    if (manual) await this.#awaitOrder(clock, signal);
    else await this.#unlessOver(signal, (within) => clock.waitUntil(clock.now() + quietMs, within));
    this.#mayPause = false;
    return this.#ended === undefined;
  }

  /** It is there before the player is. A drill without it is as good as any, so its failure ends nothing. */
  async #plantHerring({ fleet, scenario, emit }: ArmContext): Promise<void> {
    const { herring: kind, run } = this.#options;
    const affected = new Set(affectedParts(run, scenario.plan));
    for (const { name, service } of run.queues) if (affected.has(name)) affected.add(service);
    const service = fleet.config.services.workers.find((name) => !affected.has(name));
    if (kind === undefined || service === undefined) return;
    const { sandbox, redisAddress } = fleet;
    try {
      const herring = await herrings[kind].plant({ sandbox, redisAddress, service });
      this.#cleanup.add('taking the red herring away', 10_000, () => herring.remove());
      emit({ type: 'herring.planted', kind, text: herring.text });
    } catch (error) {
      emit({ type: 'note', message: `there is no red herring: ${formatError(error)}` });
    }
  }

  /** Without the order nothing is broken. */
  async #awaitOrder(clock: SandboxClock, signal: AbortSignal): Promise<void> {
    await this.#unlessOver(signal, async (within) => {
      const either = AbortSignal.any([within, this.#injected.signal]);
      await clock.waitUntil(clock.now() + this.#inSandbox(mostMoreMs), either).catch((error: unknown) => {
        if (!this.#injected.signal.aborted) throw error;
      });
    });
    if (!this.#injected.signal.aborted) this.#end('time-limit');
  }

  async respond({ scenario, fleet }: ArmContext, signal: AbortSignal): Promise<void> {
    this.#hasIncident = true;
    this.#mayPause = true;
    await Promise.all([
      this.#endInTime(fleet.sandbox.clock, signal),
      ...(scenario.fault ? [] : [this.#pageRoutinely(fleet.sandbox.clock, signal)]),
    ]);
  }

  async leave(): Promise<void> {
    this.#mayPause = false;
    if (this.#signal?.aborted !== true) this.#end('no-effect');
    await this.#untilAnswerIsSeen();
    await this.#cleanup[Symbol.asyncDispose]();
  }

  /** The player reads the answer to the word that ended the drill before the terminal is given back. */
  async #untilAnswerIsSeen(): Promise<void> {
    const byPlayer = this.#ended === 'resolved' || this.#ended === 'stood-down' || this.#ended === 'gave-up';
    if (!byPlayer || this.#signal?.aborted === true) return;
    const options = { what: 'the prompt after the last word', withinMs: 3000 };
    await pollUntil(() => this.#isAnswered, options).catch((error: unknown) => {
      if (!(error instanceof DeadlineError)) throw error;
    });
  }

  async #openShell({ fleet, emit, castDir, projectDir, scenario, redaction }: ArmContext): Promise<void> {
    const { terminal, runbook, run } = this.#options;
    const { operator } = fleet.sandbox;
    // Whatever the player left running ends with the operator.
    this.#cleanup.add('removing the operator', 30_000, () => operator.remove(), 5000);
    this.#files = await writeShellFiles(operator.blocks, {
      trace: operator.trace.container,
      socket: path.posix.join(operator.sockets.container, doorName),
    });
    const components = affectedParts(run, scenario.plan);
    const hints = createHintLadder(hintsFor(scenario, components), emit);
    const answer = createPlayerWords({
      emit,
      end: (why) => this.#end(why),
      pages: this.#pages,
      runbook: await readRunbookText(runbook),
      hints,
      components: new Set(run.queues.flatMap(({ name, service }) => [name, service]).concat(servicesOf(fleet))),
      pause: () => this.#stop(playerAddress),
      clocks: () => this.#clocks(fleet.sandbox.clock.now()),
    });
    const pause = new DrillPause(fleet.sandbox, emit, run.timeScale);
    this.#pause = pause;
    this.#cleanup.add("letting the sandbox's clock run", 2000, () => pause[Symbol.asyncDispose]());
    const closeDoor = await openPlayerDoor(operator.sockets.host, answer);
    this.#cleanup.add("closing the door of the player's shell", 5000, closeDoor);
    const closeOrders = await openPlayerDoor(castDir, createOrders(this.#directed(hints)), ordersName);
    this.#cleanup.add('closing the door of the facilitator', 5000, closeOrders);
    await this.#followTrace(operator.trace.host);
    const transcript = await openTranscript(path.join(castDir, castName), terminal.size(), 'drill', redaction);
    this.#cleanup.add("closing the recording of the player's terminal", 5000, () => transcript.close());
    emit({ type: 'player.shell', state: 'opened', cast: castName });
    const takesKeys = (): boolean => pause.isPaused && (this.#pausedBy !== playerAddress || this.#goOn());
    const shell = openPlayerShell(operator, { files: this.#files, cwd: projectDir, terminal, transcript, takesKeys });
    this.#shell = shell;
    this.#cleanup.add("giving the player's terminal back", 1000, async () => {
      shell.close();
      emit({ type: 'player.shell', state: 'ended', cast: castName });
    });
    const onLost = (why: unknown): void => {
      if (this.#ended === undefined) emit({ type: 'note', message: `the player's shell: ${String(why)}` });
      this.#end('shell-lost');
    };
    shell.lost.then(onLost, onLost);
  }

  /** Records each line that the shell reports, with what it has to do with the runbook. */
  async #followTrace(file: string): Promise<void> {
    const recognise = await createRecogniser(this.#options.runbook);
    const record = (line: ShellLine): void => {
      this.#emit({ type: 'player.command', ...line, ...recognise(line.line) });
      if (this.#ended !== undefined && line.line.includes('drill')) this.#isAnswered = true;
    };
    const onLost = (bytes: number): void => this.#emit({ type: 'player.lost', bytes });
    const trace = await ShellTrace.start(file, { onLine: record, onLost });
    let failure: unknown;
    let reading: Promise<void> = Promise.resolve();
    const timer = setInterval(() => {
      reading = reading.then(() => trace.read()).catch((error: unknown) => void (failure ??= error));
    }, traceEveryMs);
    this.#cleanup.add("reading what the player's shell reports", 10_000, async () => {
      clearInterval(timer);
      await reading;
      await trace.end();
      if (failure !== undefined) throw failure as Error;
    });
  }

  /** The limit may be extended meanwhile, and does not pass while the drill is paused. */
  async #endInTime(clock: SandboxClock, signal: AbortSignal): Promise<void> {
    const began = clock.now();
    const endS = (): number => began + this.#inSandbox(this.#timeLimitMs);
    while (clock.now() < endS() && this.#ended === undefined)
      await this.#unlessOver(signal, (within) => clock.waitUntil(endS(), within));
    this.#end('time-limit');
  }

  /** Real time of people as sandbox ms: it passes only while the sandbox's clock runs. */
  #inSandbox(realMs: number): number {
    return realMs * this.#options.run.timeScale;
  }

  /** At the faultless drill nothing else would ring. */
  async #pageRoutinely(clock: SandboxClock, signal: AbortSignal): Promise<void> {
    await this.#unlessOver(signal, (within) => clock.waitUntil(clock.now() + routinePageAfterMs, within));
    const page = this.#rules.routine();
    if (page && this.#ended === undefined) this.#send(page);
  }

  #send({ text, source }: Pick<PageSent, 'text' | 'source'>): void {
    const page: PageSent = { type: 'page.sent', page: this.#pages.length + 1, text, source };
    this.#pages.push(page);
    this.#emit(page);
    this.#tell(lineOf(page));
    this.#shell?.ring(lineOf(page));
  }

  #tell(text: string): void {
    this.#news.push(text);
    this.#files?.announce(this.#news.join('\n')).catch((error: unknown) => {
      this.#emit({ type: 'note', message: `it was not announced: ${String(error)}` });
    });
    if (this.#options.plain) this.#options.terminal.write(`\r\n${text}\r\n`);
  }

  /** What a facilitator may change. */
  #directed(hints: HintLadder): Directed {
    const { manual = false, timeLimitMs } = this.#options;
    return {
      emit: this.#emit,
      manual,
      hints,
      stage: () => (this.#ended === undefined ? (this.#hasIncident ? 'incident' : 'quiet') : 'over'),
      inject: () => this.#injected.abort(),
      extend: (byMs) => {
        if (this.#timeLimitMs + byMs > timeLimitMs + mostMoreMs) return undefined;
        this.#timeLimitMs += byMs;
        return this.#timeLimitMs;
      },
      tell: (text) => this.#tell(text),
      pause: (by) => this.#stop(by),
      resume: () => this.#goOn(),
    };
  }

  #stop(by: string): boolean {
    if (!this.#mayPause || this.#ended !== undefined || this.#pause?.pause() !== true) return false;
    this.#pausedBy = by;
    this.#emit({ type: 'drill.paused', by });
    this.#shell?.say(by === playerAddress ? 'paused; press any key to go on' : `paused by ${by}`);
    return true;
  }

  #goOn(): boolean {
    if (this.#pause?.resume() !== true) return false;
    this.#emit({ type: 'drill.resumed' });
    this.#shell?.say('the drill goes on');
    return true;
  }

  #end(why: DrillEnd): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    this.#emit({ type: 'drill.over', why });
    this.#over.abort();
  }

  /** Waits for something, at most until the drill is over. @throws the reason of the signal */
  async #unlessOver(signal: AbortSignal, wait: (within: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await wait(AbortSignal.any([signal, this.#over.signal]));
    } catch (error) {
      signal.throwIfAborted();
      if (!this.#over.signal.aborted) throw error;
    }
  }

  /** Not how much time is left: that would show when the incident began. */
  #clocks(sandboxMs: number): string {
    const { run } = this.#options;
    const rate = run.timeScale === 1 ? '' : `; ${run.timeScale} sandbox seconds a second`;
    const clock = new Date(sandboxMs).toISOString().slice(11, 19);
    return `sandbox clock ${clock}${rate}; at most ${seconds(this.#timeLimitMs)} from the incident on`;
  }
}

function servicesOf({ config }: ArmContext['fleet']): readonly string[] {
  return Object.values(config.services).flatMap((names) => names ?? []);
}
