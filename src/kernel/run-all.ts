/**
 * Runs `work` for all items in parallel, and returns the results in the order of the items. The first failure aborts
 * the
 * signals of the others; once all have settled, that failure is thrown.
 */
export async function runAll<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<readonly Result[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const settled = await Promise.allSettled(
    items.map(async (item) => {
      try {
        return await work(item, either);
      } catch (error) {
        // A later failure is often only a consequence of the first.
        if (!failed.signal.aborted) failed.abort(error);
        throw error;
      }
    }),
  );
  if (failed.signal.aborted) throw failed.signal.reason;
  return settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}
