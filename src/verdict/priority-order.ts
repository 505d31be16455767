import type { Effects, Enqueued, HistoryEvent } from '../history/events.ts';

export interface Order {
  /** Jobs whose effect arrived, of those that were added with a priority. */
  readonly jobs: number;
  /** Those that were done before a more urgent one of their queue. */
  readonly early: readonly { readonly id: string; readonly queue: string }[];
}

/**
 * In which order the jobs that were added with a priority were really done: the order in which their effects arrived at the sink,
 * outside Redis. Only of the queues that are asked for; the steady load is not looked at, for it comes when it comes.
 */
export class PriorityOrder {
  readonly #queues: ReadonlySet<string>;
  readonly #added = new Map<string, { readonly queue: string; readonly priority: number }>();
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
    // From the last to the first: the most urgent that is still to come.
    const urgent = new Map<string, number>();
    const early: { id: string; queue: string }[] = [];
    for (const id of this.#done.toReversed()) {
      const job = this.#added.get(id);
      if (!job) continue;
      const later = urgent.get(job.queue) ?? Infinity;
      if (later < job.priority) early.push({ id, queue: job.queue });
      urgent.set(job.queue, Math.min(later, job.priority));
    }
    return { jobs: this.#done.length, early: early.toReversed() };
  }
}
