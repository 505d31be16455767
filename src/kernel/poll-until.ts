import { setTimeout as delay } from 'node:timers/promises';

import { monotonicMs } from './clock.ts';
import { defined } from './defined.ts';
import { DeadlineError } from './errors.ts';

export interface PollOptions {
  /** What is waited for, as a noun phrase: it becomes the subject of the error. */
  readonly what: string;
  readonly withinMs: number;
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Calls `probe` until it returns something other than `undefined` or `false`, and returns that.
 * The deadline bounds the probe itself too. A probe that throws is tried again; the last error
 * becomes the cause of the DeadlineError.
 */
export async function pollUntil<T>(
  probe: (signal: AbortSignal) => Promise<T | undefined | false> | T | undefined | false,
  options: PollOptions,
): Promise<T> {
  const started = monotonicMs();
  const limit = AbortSignal.timeout(Math.max(1, Math.ceil(options.withinMs)));
  const signal = options.signal ? AbortSignal.any([limit, options.signal]) : limit;
  let lastError: unknown;
  for (;;) {
    try {
      const found = await abortable(Promise.resolve(probe(signal)), signal);
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      if (!signal.aborted) lastError = error;
    }
    options.signal?.throwIfAborted();
    if (limit.aborted) throw new DeadlineError(options.what, monotonicMs() - started, lastError);
    await delay(options.everyMs ?? 25, undefined, { signal }).catch(() => undefined);
  }
}

/** Rejects as soon as `signal` aborts, whatever `work` does. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    // Nobody waits for it any more, and so nobody is to be told how it failed.
    work.catch(() => undefined);
    return Promise.reject(signal.reason as Error);
  }
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  return promise;
}

/** Waits out a stated span, or rejects when `signal` aborts. Only for spans that are themselves the point (a control arm, a sustain window). */
export async function waitOut(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(Math.max(0, ms), undefined, defined({ signal }));
}
