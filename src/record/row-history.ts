import type { QueueRow } from '../history/events.ts';

/** The rows of all queues as they stood at one moment. */
export interface Rows {
  get(queue: string): QueueRow | undefined;
  has(queue: string): boolean;
  values(): readonly QueueRow[];
}

/** One queue's rows in the order in which they came, each with the version since which it holds; undefined: the queue is gone. */
interface Course {
  readonly since: number[];
  readonly rows: (QueueRow | undefined)[];
  /** Where the last look-up ended: whoever looks goes from moment to moment. */
  found: number;
}

/** Every row that a queue ever had, once. What a moment sees of it costs the same whether there are few queues or many. */
export class RowStore {
  readonly #courses = new Map<string, Course>();
  #version = 0;

  /**
   * Takes a sample, of all queues or of those that changed, and gives the rows as they now stand. A row that says what the one
   * before it said is not kept.
   * @param replaced is told of each row that is new, with the one it takes the place of
   */
  take(
    sample: Readonly<Record<string, QueueRow>>,
    full: boolean,
    replaced: (now: QueueRow | undefined, before: QueueRow | undefined) => void,
  ): Rows {
    this.#version += 1;
    for (const [queue, row] of Object.entries(sample)) this.#set(queue, row, replaced);
    if (full)
      for (const queue of this.#courses.keys())
        if (!Object.hasOwn(sample, queue)) this.#set(queue, undefined, replaced);
    return this.#at(this.#version);
  }

  #set(
    queue: string,
    row: QueueRow | undefined,
    replaced: (now: QueueRow | undefined, before: QueueRow | undefined) => void,
  ): void {
    let course = this.#courses.get(queue);
    if (!course) this.#courses.set(queue, (course = { since: [], rows: [], found: 0 }));
    const before = course.rows.at(-1);
    if (isSame(row, before)) return;
    course.since.push(this.#version);
    course.rows.push(row);
    replaced(row, before);
  }

  #at(version: number): Rows {
    const get = (queue: string): QueueRow | undefined => {
      const course = this.#courses.get(queue);
      return course && course.rows[indexAt(course, version)];
    };
    return {
      get,
      has: (queue) => get(queue) !== undefined,
      values: () => [...this.#courses.keys()].map(get).filter((row) => row !== undefined),
    };
  }
}

/** The last row that is not younger than the version; -1 if all are. */
function indexAt(course: Course, version: number): number {
  const { since } = course;
  const holds = (index: number): boolean =>
    (since[index] ?? Infinity) <= version && (since[index + 1] ?? Infinity) > version;
  for (const near of [course.found, course.found + 1]) {
    if (holds(near)) return (course.found = near);
  }
  let [low, high] = [-1, since.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((since[middle] ?? Infinity) <= version) low = middle;
    else high = middle - 1;
  }
  if (low >= 0) course.found = low;
  return low;
}

function isSame(one: QueueRow | undefined, other: QueueRow | undefined): boolean {
  if (!one || !other) return one === other;
  return one.length === other.length && one.every((figure, index) => figure === other[index]);
}
