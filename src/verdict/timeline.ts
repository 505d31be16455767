import type { ContainersSeen, HistoryEvent, QueueRow } from '../history/events.ts';

export type SeenContainer = ContainersSeen['containers'][number];

/** Where each figure stands in a QueueRow. */
export const column = {
  waiting: 0,
  active: 1,
  delayed: 2,
  failed: 3,
  paused: 4,
  prioritized: 5,
  flag: 6,
  completed: 7,
  failures: 8,
  stalls: 9,
} as const satisfies Record<string, keyof QueueRow>;

export interface Totals {
  /** Waiting in any form: `waiting`, `prioritized` and, held back by a pause, `paused`. */
  readonly backlog: number;
  readonly active: number;
  readonly delayed: number;
  readonly completed: number;
  readonly failures: number;
}

/** What was known of the sandbox at one moment. */
export interface Moment {
  readonly t: number;
  readonly s: number;
  /** Made by a sample of the queues, rather than by news of a container or of Redis. */
  readonly sampled: boolean;
  /** Undefined until the arm's first full sample. Shared between moments while nothing changes. */
  readonly rows: ReadonlyMap<string, QueueRow> | undefined;
  readonly totals: Totals;
  readonly containers: readonly SeenContainer[];
  readonly redisUp: boolean;
}

const nothing: Totals = { backlog: 0, active: 0, delayed: 0, completed: 0, failures: 0 };

/** Folds samples, containers and Redis' state into a list of moments. */
export class Timeline {
  readonly moments: Moment[] = [];
  #rows: ReadonlyMap<string, QueueRow> | undefined;
  #totals = nothing;
  #containers: readonly SeenContainer[];
  #redisUp: boolean;

  /** Starts from what was last known, for containers and Redis are only written when they change. */
  constructor(containers: readonly SeenContainer[], redisUp: boolean) {
    this.#containers = containers;
    this.#redisUp = redisUp;
  }

  push(event: HistoryEvent): void {
    switch (event.type) {
      case 'sample':
        this.#takeSample(event.full, event.queues);
        this.#add(event, true);
        return;
      case 'containers':
        this.#containers = event.containers;
        this.#add(event, false);
        return;
      case 'redis':
        this.#redisUp = event.up;
        this.#add(event, false);
        return;
      default:
    }
  }

  #takeSample(full: boolean, queues: Readonly<Record<string, QueueRow>>): void {
    if (!full && !this.#rows) return;
    const changed = Object.entries(queues);
    if (!full && changed.length === 0) return;
    this.#rows = full ? new Map(changed) : new Map([...(this.#rows ?? []), ...changed]);
    this.#totals = sumUp(this.#rows.values());
  }

  #add({ t, s }: HistoryEvent, sampled: boolean): void {
    const known = { rows: this.#rows, totals: this.#totals, containers: this.#containers, redisUp: this.#redisUp };
    this.moments.push({ t, s, sampled, ...known });
  }
}

export function backlogOf(row: QueueRow): number {
  return row[column.waiting] + row[column.prioritized] + row[column.paused];
}

function sumUp(rows: Iterable<QueueRow>): Totals {
  const sum: { -readonly [K in keyof Totals]: number } = { ...nothing };
  for (const row of rows) {
    sum.backlog += backlogOf(row);
    sum.active += row[column.active];
    sum.delayed += row[column.delayed];
    sum.completed += row[column.completed];
    sum.failures += row[column.failures];
  }
  return sum;
}
