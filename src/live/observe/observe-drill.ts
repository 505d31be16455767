/**
 * Follows a drill that another process plays, and serves a page about it. It only reads the files of the drill, so the
 * drill neither waits for it nor notices when it dies.
 *
 * 1. New lines of the history go to two drills as they are observed: one gets what a spectator may know, the other all.
 * 2. Each is drawn about once a second, if it has viewers, and its viewers get the parts that have changed.
 * 3. Once the process of the drill has ended, the viewers get the last state, and the page is over.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { historyName } from '../../history/file-names.ts';
import type { HistoryEvent } from '../../history/events.ts';
import { parseEvent } from '../../history/parse-event.ts';
import { monotonicMs } from '../../kernel/clock.ts';
import { CastLog } from './cast-log.ts';
import { followLines, type FollowedLines } from './follow-lines.ts';
import { forSpectators } from './for-spectators.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';
import { LiveView } from './live-view.ts';
import { ObservedDrill } from './observed-drill.ts';
import { ObservedTruth } from './observed-truth.ts';
import { createObserverApp } from './observer-app.ts';
import { readObserverFiles } from './observer-files.ts';
import type { Role } from './observer-page.ts';
import { renderParts } from './render-parts.ts';
import type { ParSoFar } from './render-truth.ts';
import type { SendLimits } from './send-view.ts';

export interface ObserveOptions {
  /** Folder of the drill. */
  readonly directory: string;
  /** 0: any free one. */
  readonly port: number;
  /** Whether the process of the drill may still write. */
  readonly isLiving: () => Promise<boolean>;
  /** Asks the process of the drill to end it in good order. @throws DrillbookError if it cannot */
  readonly stop: () => Promise<void>;
  /** Par of an earlier drill on this plan, once the plan is known. */
  readonly findPar: (scenario: string, timeScale: number) => Promise<ParSoFar | undefined>;
  readonly onOpen: (urls: Readonly<Record<Role, string>>) => void;
  /** Closes the page. */
  readonly signal: AbortSignal;
  readonly limits?: SendLimits;
}

/** How often the files are read, and how often the page is drawn, real ms. */
const [readEveryMs, drawEveryMs, livingEveryMs] = [200, 1000, 1000];
const usualLimits: SendLimits = { hungMs: 15_000, heartbeatMs: 10_000 };
/** The viewers have so long to take the last state, ms. */
const farewellMs = 3000;

/** Serves the page until the drill has ended, or until the signal. */
export async function observeDrill(options: ObserveOptions): Promise<void> {
  const { directory, signal, limits = usualLimits } = options;
  const observation = new Observation(options);
  const files = await readObserverFiles();
  const token = (): string => randomBytes(18).toString('base64url');
  const tokens = { spectator: token(), observer: token() };
  let hosts: readonly string[] = [];
  const app = createObserverApp({
    tokens,
    hosts: () => hosts,
    drills: observation.drills,
    views: observation.views,
    files,
    stop: () => observation.stop(),
    limits,
  });
  await using server = await listenOnLoopback(app.fetch, options.port);
  hosts = server.hosts;
  await using history = followLines(path.join(directory, historyName));
  await observation.readAll(history);
  const url = (role: Role): string => `http://127.0.0.1:${server.port}/${role}/${tokens[role]}/`;
  options.onOpen({ spectator: url('spectator'), observer: url('observer') });
  await observation.follow(history, signal);
}

class Observation {
  readonly drills: Readonly<Record<Role, ObservedDrill>> = {
    spectator: new ObservedDrill(),
    observer: new ObservedDrill(),
  };
  readonly views: Readonly<Record<Role, LiveView>>;
  readonly #options: ObserveOptions;
  readonly #truth = new ObservedTruth();
  readonly #cast = new CastLog();
  #castLines: FollowedLines | undefined;
  #par: ParSoFar | undefined;
  #isGone = false;
  #isStopping = false;

  constructor(options: ObserveOptions) {
    this.#options = options;
    const { spectator, observer } = this.drills;
    const shared = () => ({ isGone: this.#isGone, isStopping: this.#isStopping });
    this.views = {
      spectator: new LiveView(this.#cast, () => renderParts({ drill: spectator, ...shared() })),
      observer: new LiveView(this.#cast, () =>
        renderParts({ drill: observer, truth: this.#truth, par: this.#par, ...shared() }),
      ),
    };
  }

  async stop(): Promise<void> {
    await this.#options.stop();
    this.#isStopping = true;
  }

  /** Reads what was written so far. Whether there was anything. */
  async readAll(history: FollowedLines): Promise<void> {
    for (;;) {
      const lines = await history.read();
      for (const line of lines) this.#take(line);
      const cast = (await this.#castLines?.read()) ?? [];
      for (const line of cast) this.#cast.push(line);
      if (lines.length === 0 && cast.length === 0) return;
    }
  }

  async follow(history: FollowedLines, signal: AbortSignal): Promise<void> {
    await using stack = new AsyncDisposableStack();
    stack.defer(async () => this.#castLines?.[Symbol.asyncDispose]());
    let [drawnAt, askedAt] = [-Infinity, monotonicMs()];
    while (!signal.aborted) {
      const now = monotonicMs();
      if (now - askedAt >= livingEveryMs) {
        askedAt = now;
        // Asked before the last read, so that nothing is missed.
        this.#isGone = !(await this.#options.isLiving());
      }
      const pieces = this.#cast.pieces.length;
      await this.readAll(history);
      if (this.#isGone) break;
      if (now - drawnAt >= drawEveryMs) {
        drawnAt = now;
        for (const view of Object.values(this.views)) view.refresh();
      } else if (this.#cast.pieces.length > pieces) for (const view of Object.values(this.views)) view.wake();
      await delay(readEveryMs, undefined, { signal }).catch(() => undefined);
    }
    for (const view of Object.values(this.views)) view.close();
    if (!signal.aborted) await this.#untilViewersLeave(signal);
  }

  #take(line: string): void {
    const parsed = parseEvent(line);
    // A newer Drillbook may write what this one does not know. The judge will complain; a page shows the rest.
    if (!('event' in parsed)) return;
    const { event } = parsed;
    this.#truth.push(event);
    this.drills.observer.push(event);
    const shown = forSpectators(event);
    if (shown) this.drills.spectator.push(shown);
    this.#followMore(event);
  }

  #followMore(event: HistoryEvent): void {
    const { directory, findPar } = this.#options;
    if (event.type === 'player.shell') this.#castLines ??= followLines(path.join(directory, path.basename(event.cast)));
    if (event.type !== 'scenario.planned' || this.#truth.plan !== event.plan) return;
    const { fault, health } = event.plan;
    const served = (this.drills.observer.run?.queues ?? []).filter(({ service }) => health.services.includes(service));
    if (fault)
      this.drills.observer.charts.follow(health.queues.length > 0 ? health.queues : served.map(({ name }) => name));
    findPar(event.plan.id, this.drills.observer.run?.timeScale ?? 1).then(
      (par) => (this.#par = par),
      () => undefined,
    );
  }

  async #untilViewersLeave(signal: AbortSignal): Promise<void> {
    const end = monotonicMs() + farewellMs;
    const isWatched = (): boolean => Object.values(this.views).some(({ viewers }) => viewers > 0);
    while (isWatched() && monotonicMs() < end && !signal.aborted)
      await delay(50, undefined, { signal }).catch(() => undefined);
  }
}
