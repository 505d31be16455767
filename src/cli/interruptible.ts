/**
 * A signal that aborts on the first SIGINT, SIGTERM or SIGHUP and remembers why. Further ones change nothing: the clean-up they
 * would cut short has a deadline of its own.
 */
export function interruptible(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const listeners = signals.map((name) => {
    const listener = (): void => {
      if (!controller.signal.aborted) process.stderr.write(`\n${name}: healing and tearing down\n`);
      controller.abort(new Error(`interrupted by ${name}`));
    };
    process.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    release() {
      for (const { name, listener } of listeners) process.off(name, listener);
    },
  };
}
