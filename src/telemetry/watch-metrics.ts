/**
 * Scrapes the metrics endpoints of the fleet as production's Prometheus does: each target at a fixed interval and with
 * a time limit, both in sandbox time.
 *
 *   due ─► request ┬ answer within the limit ──────► a scrape with samples
 *                  ├ error, or not HTTP 200 ───────► a failed scrape
 *                  └ no answer within the limit ───► a failed scrape; `late` if the answer comes within the same
 *                                                    limit in real time: then this machine was slow, not the fleet
 *
 * A scrape that starts half an interval late is `late`, too.
 */

import { startAllowance } from '../kernel/allowance.ts';
import type { SandboxClock } from '../kernel/clock.ts';
import { abortable } from '../kernel/poll-until.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import { parseExposition, type Exposition } from './parse-exposition.ts';

export interface MetricsTarget {
  /** Its `job` label. */
  readonly job: string;
  /** Its `instance` label: service and port in the sandbox. */
  readonly instance: string;
  /** Where Drillbook reaches it. */
  readonly url: string;
}

/** What one scrape brought. */
export interface ScrapeSeen {
  readonly target: MetricsTarget;
  /** When the request started, sandbox ms since 1970. */
  readonly s: number;
  /** Sandbox ms from the request to the last byte, or to the failure. */
  readonly tookMs: number;
  readonly outcome: Exposition | { readonly message: string; readonly late: boolean };
}

export interface MetricsWatchOptions {
  readonly targets: readonly MetricsTarget[];
  readonly clock: SandboxClock;
  /** Sandbox ms. */
  readonly intervalMs: number;
  /** Sandbox ms. */
  readonly timeoutMs: number;
  readonly record: (scrape: ScrapeSeen) => void;
}

/** Starts the first scrape of each target at once. */
export function watchMetrics(options: MetricsWatchOptions): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const loops = options.targets.map((target) => watchTarget(target, options, stopped.signal));
  return {
    async stop() {
      stopped.abort(new Error('the watch has ended'));
      await Promise.all(loops);
    },
  };
}

async function watchTarget(target: MetricsTarget, options: MetricsWatchOptions, stopped: AbortSignal): Promise<void> {
  const { clock, intervalMs } = options;
  const unsettled = new Set<Promise<void>>();
  for (let due = clock.now(); !stopped.aborted; due += intervalMs) {
    await clock.waitUntil(due, stopped).catch(() => undefined);
    if (stopped.aborted) break;
    const lateMs = clock.now() - due;
    if (lateMs > intervalMs / 2) {
      const message = `the scrape was ${Math.round(lateMs)} ms late`;
      options.record({ target, s: due, tookMs: 0, outcome: { message, late: true } });
      continue;
    }
    await scrape(target, options, stopped, unsettled);
  }
  await Promise.all(unsettled);
}

/** @param unsettled gets the wait for an answer that has missed the time limit: it shows why */
async function scrape(
  target: MetricsTarget,
  { clock, timeoutMs, record }: MetricsWatchOptions,
  stopped: AbortSignal,
  unsettled: Set<Promise<void>>,
): Promise<void> {
  const s = clock.now();
  // The limit in real time only bounds the wait for an answer that is late already.
  const answer = request(target.url, AbortSignal.any([stopped, AbortSignal.timeout(Math.max(timeoutMs, 1000))]));
  using limit = startAllowance(clock, { sandboxMs: timeoutMs });
  const outcome = await abortable(answer, limit.over).catch((error: unknown) =>
    limit.over.aborted ? undefined : { message: reasonOf(error), late: false },
  );
  // The end of the watch cut it off, so it was no scrape.
  if (outcome && stopped.aborted && 'message' in outcome) return;
  if (outcome) {
    record({ target, s, tookMs: clock.now() - s, outcome });
    return;
  }
  const fail = (late: boolean): void =>
    record({ target, s, tookMs: timeoutMs, outcome: { message: 'no answer within the time limit', late } });
  const settling = answer
    .then(
      () => fail(true),
      () => fail(stopped.aborted),
    )
    .finally(() => unsettled.delete(settling));
  unsettled.add(settling);
}

async function request(url: string, signal: AbortSignal): Promise<Exposition> {
  const response = await fetch(url, { signal });
  if (response.status !== 200) throw new Error(`HTTP status ${response.status}`);
  return parseExposition(await response.text());
}
