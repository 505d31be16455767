import type { Effects, Enqueued, HistoryEvent } from '../history/events.ts';

export interface Order {
  /** How many jobs with a priority had their effect arrive. */
  readonly jobs: number;
  /** The smallest set of jobs without which every queue's other jobs are in order of priority. */
  readonly outOfTurn: readonly { readonly id: string; readonly queue: string }[];
}

interface Done {
  readonly id: string;
  readonly queue: string;
  readonly priority: number;
}

/**
 * The order in which jobs with a priority were really done: the order in which their effects arrived at the sink,
 * outside Redis. Looks only at the given queues, and not at the steady load.
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

  result(): Order {
    const done = this.#done.flatMap((id): readonly Done[] => {
      const added = this.#added.get(id);
      return added ? [{ id, ...added }] : [];
    });
    const byQueue = Map.groupBy(done, ({ queue }) => queue);
    return { jobs: done.length, outOfTurn: [...byQueue.values()].flatMap(outOfTurn) };
  }
}

/**
 * The jobs outside the longest subsequence in which no job comes before a more urgent one (1 is the most urgent). So a
 * slow job, or one that a worker took before a more urgent one was added, counts only as itself.
 */
function outOfTurn(sequence: readonly Done[]): readonly Done[] {
  // Patience sorting. Of all ordered subsequences of n + 1 jobs, `ends[n]` is the last job of the one that ends most
  // urgently. `before` leads from each job to the one before it in its subsequence.
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
