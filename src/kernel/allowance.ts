import type { SandboxClock } from './clock.ts';
import { waitOut } from './poll-until.ts';

/**
 * How long something may take. It is over when each of the two times has passed, and then the margin too. What the
 * fleet does takes sandbox time; what the engine and this machine do takes real time.
 */
export interface Allowance {
  /** @default 0 */
  readonly sandboxMs?: number;
  /** @default 0 */
  readonly realMs?: number;
  /** Real ms. @default 0 */
  readonly marginMs?: number;
}

export interface RunningAllowance extends Disposable {
  /** Aborts when the allowance is used up. */
  readonly over: AbortSignal;
}

/** Starts to count. The clock may change its rate, or stop: then the sandbox time lasts longer. */
export function startAllowance(
  clock: Pick<SandboxClock, 'now' | 'waitUntil'>,
  { sandboxMs = 0, realMs = 0, marginMs = 0 }: Allowance,
): RunningAllowance {
  const over = new AbortController();
  const disposed = new AbortController();
  const { signal } = disposed;
  Promise.all([clock.waitUntil(clock.now() + sandboxMs, signal), waitOut(realMs, signal)])
    .then(() => waitOut(marginMs, signal))
    .then(
      () => over.abort(new DOMException('the time is over', 'TimeoutError')),
      (error: unknown) => {
        if (!signal.aborted) over.abort(error);
      },
    );
  return { over: over.signal, [Symbol.dispose]: () => disposed.abort() };
}
