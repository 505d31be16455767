/** Items that several sandboxes share. They go out in order, but never two demanding ones at a time. */
export interface WorkQueue<Item> {
  /**
   * Next item that may start. Undefined if the queue is empty, or if every remaining item must wait for the demanding
   * one that is running: the sandbox that runs it takes them afterwards.
   */
  take(): Item | undefined;
  /** To be called once for each item that was taken, when its work has ended. */
  done(item: Item): void;
}

/** @param isDemanding whether an item needs so much of the machine that a second one beside it would miss deadlines */
export function createWorkQueue<Item>(
  items: readonly Item[],
  isDemanding: (item: Item) => boolean = () => false,
): WorkQueue<Item> {
  const waiting = [...items];
  let demanding: Item | undefined;
  return {
    take() {
      const index = waiting.findIndex((item) => demanding === undefined || !isDemanding(item));
      const [item] = index === -1 ? [] : waiting.splice(index, 1);
      if (item !== undefined && isDemanding(item)) demanding = item;
      return item;
    },
    done(item) {
      if (demanding === item) demanding = undefined;
    },
  };
}
