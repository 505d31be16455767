import type { Effects, Enqueued, HistoryEvent } from '../history/events.ts';

export interface Order {
  /** Jobs whose effect arrived, of those that were added with a priority. */
  readonly jobs: number;
  /** The fewest that would have to be elsewhere for the rest of their queue to be in order of priority. */
  readonly outOfTurn: readonly { readonly id: string; readonly queue: string }[];
}

interface Done {
  readonly id: string;
  readonly queue: string;
  readonly priority: number;
}

/**
 * In which order the jobs that were added with a priority were really done: the order in which their effects arrived at the sink,
 * outside Redis. Only of the queues that are asked for; the steady load is not looked at, for it comes when it comes.
 */
export class PriorityOrder {
  readonly #queues: ReadonlySet<string>;
  readonly #added = new Map<string, Omit<Done, 'id'>>();
  #done: readonly string[] = [];

  constructor(queues: readonly string[]) {
    this.#queues = new Set(queues);
  }

  push(event: HistoryEvent): void {
    if (event.type === 'enqueued') this.#take(event);
    if (event.type === 'effects') this.#takeEffects(event);
  }

  #take({ queue, ids, priority }: Enqueued): void {
    if (priority === undefined || !this.#queues.has(queue)) return;
    for (const id of ids) this.#added.set(id, { queue, priority });
  }

  #takeEffects({ once }: Effects): void {
    this.#done = once.filter((id) => this.#added.has(id));
  }

  look(): Order {
    const done = this.#done.flatMap((id): readonly Done[] => {
      const added = this.#added.get(id);
      return added ? [{ id, ...added }] : [];
    });
    const byQueue = Map.groupBy(done, ({ queue }) => queue);
    return { jobs: done.length, outOfTurn: [...byQueue.values()].flatMap(outOfTurn) };
  }
}

/**
 * What is left of a sequence without its longest part in which no job comes before a more urgent one (1 is the most urgent). Neither a
 * job that takes long nor one that was taken before a more urgent one was added counts for more than itself.
 */
function outOfTurn(sequence: readonly Done[]): readonly Done[] {
  // Of the parts in order that are so long: the index at which the one with the most urgent end ends, and what comes before it there.
  const ends: number[] = [];
  const before = new Map<number, number | undefined>();
  for (const [index, { priority }] of sequence.entries()) {
    const length = 1 + ends.findLastIndex((end) => (sequence[end]?.priority ?? Infinity) <= priority);
    before.set(index, ends[length - 1]);
    ends[length] = index;
  }
  const inTurn = new Set<number>();
  for (let index = ends.at(-1); index !== undefined; index = before.get(index)) inTurn.add(index);
  return sequence.filter((_, index) => !inTurn.has(index));
}
