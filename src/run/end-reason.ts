/** Why a run ended before its work was done. `failed`: something was thrown that no signal announced. */
export interface EndReason {
  readonly kind: 'interrupted' | 'engine-lost' | 'history-broken' | 'failed';
  readonly error: unknown;
}

/** The signals that end a run early, by what they say. */
export type EndSignals = Readonly<Record<Exclude<EndReason['kind'], 'failed'>, AbortSignal>>;

/** One signal for all of them, which remembers the first that aborted. Disposing of it stops listening to them. */
export interface EndWatch extends Disposable {
  readonly signal: AbortSignal;
  /** Undefined until a signal aborts. What follows from the first abort, such as later aborts, never replaces it. */
  readonly reason: EndReason | undefined;
}

/** Not `AbortSignal.any`: unless something listens to it, Node 24 gives it the first aborted signal of the list. */
export function watchEndSignals(signals: EndSignals): EndWatch {
  const end = new AbortController();
  const listening = new AbortController();
  let reason: EndReason | undefined;
  for (const kind of ['interrupted', 'engine-lost', 'history-broken'] as const) {
    const signal = signals[kind];
    const onAbort = (): void => {
      reason ??= { kind, error: signal.reason as unknown };
      end.abort(signal.reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true, signal: listening.signal });
  }
  return {
    signal: end.signal,
    get reason() {
      return reason;
    },
    [Symbol.dispose]: () => listening.abort(),
  };
}
