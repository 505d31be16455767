import type { ContainersSeen, HistoryEvent, QueueRow } from '../history/events.ts';
import { RowHistory, type Rows } from './row-history.ts';

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
  kept: 10,
} as const satisfies Record<string, keyof QueueRow>;

export interface Totals {
  /** Waiting in any form: `waiting`, `prioritized` and, held back by a pause, `paused`. */
  readonly backlog: number;
  readonly active: number;
  readonly delayed: number;
  readonly completed: number;
  readonly failures: number;
}

/** What was known about the sandbox at one moment. */
export interface Moment {
  readonly t: number;
  readonly s: number;
  /** True for a sample of the queues, false for news about a container or Redis. */
  readonly sampled: boolean;
  /** Undefined until the arm's first full sample. Shared between moments while nothing changes. */
  readonly rows: Rows | undefined;
  readonly totals: Totals;
  /** The highest of these totals in the last `chanceMs`: a total that is too low only by chance soon rises again. */
  readonly peaks: Peaks;
  readonly containers: readonly SeenContainer[];
  readonly redisUp: boolean;
}

export type Peaks = Pick<Totals, 'backlog' | 'active' | 'delayed'>;

/** For this long a working fleet can happen to have nothing to do, sandbox ms. */
const chanceMs = 5000;

const nothing: Totals = { backlog: 0, active: 0, delayed: 0, completed: 0, failures: 0 };

/**
 * Turns samples, containers and Redis' state into a list of moments. Memory grows with the number of samples (about
 * 0.3 kB each) and of the rows that changed between them (about 0.2 kB each), not with the number of queues.
 */
export class Timeline {
  readonly moments: Moment[] = [];
  readonly #history = new RowHistory();
  #rows: Rows | undefined;
  #totals = nothing;
  /** The totals of the samples of the last `chanceMs`. */
  #recent: { readonly s: number; readonly totals: Totals }[] = [];
  #peaks: Peaks = nothing;
  #containers: readonly SeenContainer[] = [];
  #redisUp = true;

  push(event: HistoryEvent): void {
    switch (event.type) {
      case 'sample':
        this.#takeSample(event.full, event.queues);
        this.#remember(event.s);
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
    const sum = { ...this.#totals };
    let changed = false;
    const rows = this.#history.add(queues, full, (now, before) => {
      changed = true;
      if (now) count(sum, now, 1);
      if (before) count(sum, before, -1);
    });
    if (!changed && this.#rows) return;
    this.#rows = rows;
    this.#totals = sum;
  }

  #remember(s: number): void {
    if (!this.#rows) return;
    this.#recent = [...this.#recent.filter((one) => one.s >= s - chanceMs), { s, totals: this.#totals }];
    this.#peaks = peaksOf(this.#recent.map(({ totals }) => totals));
  }

  #add({ t, s }: HistoryEvent, sampled: boolean): void {
    this.moments.push({
      t,
      s,
      sampled,
      rows: this.#rows,
      totals: this.#totals,
      peaks: this.#peaks,
      containers: this.#containers,
      redisUp: this.#redisUp,
    });
  }
}

export function backlogOf(row: QueueRow): number {
  return row[column.waiting] + row[column.prioritized] + row[column.paused];
}

function peaksOf(recent: readonly Totals[]): Peaks {
  const highest = (figure: keyof Peaks): number => recent.reduce((most, { [figure]: one }) => Math.max(most, one), 0);
  return { backlog: highest('backlog'), active: highest('active'), delayed: highest('delayed') };
}

function count(sum: { -readonly [K in keyof Totals]: number }, row: QueueRow, times: 1 | -1): void {
  sum.backlog += times * backlogOf(row);
  sum.active += times * row[column.active];
  sum.delayed += times * row[column.delayed];
  sum.completed += times * row[column.completed];
  sum.failures += times * row[column.failures];
}
