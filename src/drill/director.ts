import path from 'node:path';

import type { ArmContext, Responder } from '../arm/arm-context.ts';
import type { DrillEnd, EventBody, HistoryEvent, PageSent, RunStarted, ScenarioPlan } from '../history/events.ts';
import type { Allowance } from '../kernel/allowance.ts';
import { DeadlineError } from '../kernel/errors.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { seconds } from '../kernel/words.ts';
import { openTranscript } from '../operator/transcript.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { affectedParts } from '../verdict/drill/answers.ts';
import { hintsFor } from './hints.ts';
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

/**
 * Directs one drill: opens the player's shell and the door beside it, waits, rings the pager, and ends it. It is fed
 * the events of the arm. It touches Docker only through the operator's container.
 */
export class Director implements Responder {
  readonly allowance: Allowance;
  readonly #options: DirectorOptions;
  readonly #over = Promise.withResolvers<DrillEnd>();
  readonly #pages: PageSent[] = [];
  readonly #undo: (() => Promise<void> | void)[] = [];
  #emit: (event: EventBody) => void = () => undefined;
  #ended: DrillEnd | undefined;
  readonly #rules: PageRules;
  #shell: PlayerShell | undefined;
  #files: ShellFiles | undefined;
  #hasIncident = false;
  #signal: AbortSignal | undefined;
  /** The last word of the player has its answer on the screen. */
  #isAnswered = false;

  constructor(options: DirectorOptions) {
    this.#options = options;
    this.allowance = { realMs: options.timeLimitMs, marginMs };
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
    const { quietMs } = this.#options;
    this.#emit = context.emit;
    this.#signal = signal;
    await this.#openShell(context);
    context.emit({ type: 'drill.quiet', ms: quietMs });
    await this.#untilOver(context.fleet.sandbox.clock.toRealMs(quietMs), signal);
    return this.#ended === undefined;
  }

  async respond({ scenario, fleet }: ArmContext, signal: AbortSignal): Promise<void> {
    const { timeLimitMs } = this.#options;
    this.#hasIncident = true;
    if (!scenario.fault) this.#pageLater(fleet.sandbox.clock.toRealMs(routinePageAfterMs));
    await this.#untilOver(timeLimitMs, signal);
    this.#end('time-limit');
  }

  async leave(): Promise<void> {
    if (this.#signal?.aborted !== true) this.#end('no-effect');
    await this.#untilAnswerIsSeen();
    const errors: unknown[] = [];
    for (const undo of this.#undo.splice(0).toReversed())
      try {
        await undo();
      } catch (error) {
        errors.push(error);
      }
    if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join('; '));
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

  async #openShell({ fleet, emit, castDir, projectDir, scenario }: ArmContext): Promise<void> {
    const { terminal, runbook, run } = this.#options;
    const { operator } = fleet.sandbox;
    // Whatever the player left running ends with the operator.
    this.#undo.push(() => operator.remove());
    this.#files = await writeShellFiles(operator.blocks, {
      trace: operator.trace.container,
      socket: path.posix.join(operator.sockets.container, doorName),
    });
    const components = affectedParts(run, scenario.plan);
    const answer = createPlayerWords({
      emit,
      end: (why) => this.#end(why),
      pages: this.#pages,
      runbook: await readRunbookText(runbook),
      hints: hintsFor(scenario, components),
      components: new Set(run.queues.flatMap(({ name, service }) => [name, service]).concat(servicesOf(fleet))),
      clocks: () => this.#clocks(fleet.sandbox.clock.now()),
    });
    this.#undo.push(await openPlayerDoor(operator.sockets.host, answer));
    await this.#followTrace(operator.trace.host);
    const transcript = await openTranscript(path.join(castDir, castName), terminal.size(), 'drill');
    this.#undo.push(() => transcript.close());
    emit({ type: 'player.shell', state: 'opened', cast: castName });
    const shell = openPlayerShell(operator, { files: this.#files, cwd: projectDir, terminal, transcript });
    this.#shell = shell;
    this.#undo.push(() => {
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
    const trace = await ShellTrace.start(file, record);
    let failure: unknown;
    let reading: Promise<void> = Promise.resolve();
    const timer = setInterval(() => {
      reading = reading.then(() => trace.read()).catch((error: unknown) => void (failure ??= error));
    }, traceEveryMs);
    this.#undo.push(async () => {
      clearInterval(timer);
      await reading;
      await trace.end();
      if (failure !== undefined) throw failure as Error;
    });
  }

  #pageLater(afterMs: number): void {
    const timer = setTimeout(() => {
      const page = this.#rules.routine();
      if (page && this.#ended === undefined) this.#send(page);
    }, afterMs);
    this.#undo.push(() => clearTimeout(timer));
  }

  #send({ text, source }: Pick<PageSent, 'text' | 'source'>): void {
    const page: PageSent = { type: 'page.sent', page: this.#pages.length + 1, text, source };
    this.#pages.push(page);
    this.#emit(page);
    const news = this.#pages.map(lineOf).join('\n');
    this.#files?.announce(news).catch((error: unknown) => {
      this.#emit({ type: 'note', message: `the page was not announced: ${String(error)}` });
    });
    this.#shell?.ring(lineOf(page));
    if (this.#options.plain) this.#options.terminal.write(`\r\n${lineOf(page)}\r\n`);
  }

  #end(why: DrillEnd): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    this.#emit({ type: 'drill.over', why });
    this.#over.resolve(why);
  }

  /** Waits until the drill is over, at most so long. @throws the reason of the signal */
  async #untilOver(withinMs: number, signal: AbortSignal): Promise<void> {
    const timer = Promise.withResolvers<void>();
    const handle = setTimeout(() => timer.resolve(), withinMs);
    const onAbort = (): void => timer.reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.race([this.#over.promise, timer.promise]);
    } finally {
      clearTimeout(handle);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Not how much time is left: that would show when the incident began. */
  #clocks(sandboxMs: number): string {
    const { run, timeLimitMs } = this.#options;
    const rate = run.timeScale === 1 ? '' : `; ${run.timeScale} sandbox seconds a second`;
    const clock = new Date(sandboxMs).toISOString().slice(11, 19);
    return `sandbox clock ${clock}${rate}; at most ${seconds(timeLimitMs)} from the incident on`;
  }
}

function servicesOf({ config }: ArmContext['fleet']): readonly string[] {
  return Object.values(config.services).flatMap((names) => names ?? []);
}
