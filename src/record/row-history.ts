import type { QueueRow } from '../history/events.ts';

/** The rows of all queues at one moment. */
export interface Rows {
  get(queue: string): QueueRow | undefined;
  has(queue: string): boolean;
  values(): readonly QueueRow[];
}

/** One queue's rows in their order, each with the version from which on it holds. Undefined: the queue is gone. */
interface QueueHistory {
  readonly since: number[];
  readonly rows: (QueueRow | undefined)[];
  /** Where the last look-up ended. Readers go from moment to moment, so the next one is usually near. */
  found: number;
}

/**
 * The rows of all queues over time. Each row is kept once, and a moment refers to them by a version. So a moment costs
 * the same memory for a few queues as for many.
 */
export class RowHistory {
  readonly #queues = new Map<string, QueueHistory>();
  #version = 0;

  /**
   * Adds a sample and returns the rows as they now are. A row that equals the one before it is not kept.
   * @param full the sample has all queues, so a queue that is not in it is gone
   * @param onChange called for each row that changed, with the row before
   */
  add(
    sample: Readonly<Record<string, QueueRow>>,
    full: boolean,
    onChange: (now: QueueRow | undefined, before: QueueRow | undefined) => void,
  ): Rows {
    this.#version += 1;
    for (const [queue, row] of Object.entries(sample)) this.#set(queue, row, onChange);
    if (full)
      for (const queue of this.#queues.keys()) if (!Object.hasOwn(sample, queue)) this.#set(queue, undefined, onChange);
    return this.#at(this.#version);
  }

  #set(
    queue: string,
    row: QueueRow | undefined,
    onChange: (now: QueueRow | undefined, before: QueueRow | undefined) => void,
  ): void {
    let history = this.#queues.get(queue);
    if (!history) this.#queues.set(queue, (history = { since: [], rows: [], found: 0 }));
    const before = history.rows.at(-1);
    if (isSame(row, before)) return;
    history.since.push(this.#version);
    history.rows.push(row);
    onChange(row, before);
  }

  #at(version: number): Rows {
    const get = (queue: string): QueueRow | undefined => {
      const history = this.#queues.get(queue);
      return history && history.rows[indexAt(history, version)];
    };
    return {
      get,
      has: (queue) => get(queue) !== undefined,
      values: () => [...this.#queues.keys()].map(get).filter((row) => row !== undefined),
    };
  }
}

/** The index of the last row that is not newer than the version; -1 if all are newer. */
function indexAt(history: QueueHistory, version: number): number {
  const { since } = history;
  const holds = (index: number): boolean =>
    (since[index] ?? Infinity) <= version && (since[index + 1] ?? Infinity) > version;
  for (const near of [history.found, history.found + 1]) {
    if (holds(near)) return (history.found = near);
  }
  let [low, high] = [-1, since.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((since[middle] ?? Infinity) <= version) low = middle;
    else high = middle - 1;
  }
  if (low >= 0) history.found = low;
  return low;
}

function isSame(one: QueueRow | undefined, other: QueueRow | undefined): boolean {
  if (!one || !other) return one === other;
  return one.length === other.length && one.every((figure, index) => figure === other[index]);
}
