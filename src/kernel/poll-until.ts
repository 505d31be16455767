import { setTimeout as delay } from 'node:timers/promises';

import { monotonicMs } from './clock.ts';
import { defined } from './defined.ts';
import { DeadlineError } from './errors.ts';

export type PollOptions = {
  /** The expected event as a noun phrase: the subject of the error. */
  readonly what: string;
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
} & (
  | {
      /** Real ms. */
      readonly withinMs: number;
    }
  | {
      /** The deadline has passed when it aborts. */
      readonly over: AbortSignal;
    }
);

/**
 * Calls `probe` until it returns something other than `undefined` or `false`, and returns that.
 * The deadline also limits the probe itself. If a probe throws, it is tried again.
 * @throws DeadlineError at the deadline, with the last error of the probe as its cause
 * @throws the reason of `signal`, if it aborts
 */
export async function pollUntil<T>(
  probe: (signal: AbortSignal) => Promise<T | undefined | false> | T | undefined | false,
  options: PollOptions,
): Promise<T> {
  const started = monotonicMs();
  const limit = 'over' in options ? options.over : AbortSignal.timeout(Math.max(1, Math.ceil(options.withinMs)));
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

/** Waits for `work`, but rejects as soon as `signal` aborts. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    // No caller waits for `work` any more, so its error is dropped.
    work.catch(() => undefined);
    return Promise.reject(signal.reason as Error);
  }
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  return promise;
}

/**
 * Waits for a time, or rejects when `signal` aborts. Only for a time that has a meaning of its own (a control arm, a
 * sustain window). Use `pollUntil` to wait for an event.
 */
export async function waitOut(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(Math.max(0, ms), undefined, defined({ signal }));
}
