/**
 * Does the same with each of these at once. The first failure aborts what is given to the others; all are waited for, and then
 * that failure is thrown.
 */
export async function together<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<readonly Result[]> {
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const settled = await Promise.allSettled(
    items.map(async (item) => {
      try {
        return await work(item, both);
      } catch (error) {
        // What fails after it often fails because of it.
        if (!failed.signal.aborted) failed.abort(error);
        throw error;
      }
    }),
  );
  if (failed.signal.aborted) throw failed.signal.reason;
  return settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}
