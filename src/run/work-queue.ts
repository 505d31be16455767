/** What is shared out to several sandboxes, in its order, except that of the demanding items only one is at work at a time. */
export interface WorkQueue<Item> {
  /** The next item that may begin now; undefined where nothing is left but what whoever is at work will take when it is done. */
  take(): Item | undefined;
  /** Told of each item that was taken, when nothing of it runs any more. */
  done(item: Item): void;
}

/** @param isDemanding whether an item takes so much of the machine that a second one beside it would come too late in everything */
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
