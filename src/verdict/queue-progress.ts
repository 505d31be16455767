import { backlogOf, column, type Moment } from '../record/timeline.ts';
import type { Complaint, HealthRules } from './health.ts';

/** When a queue first had work, and when it first completed some. */
interface Progress {
  readonly queue: string;
  /** Index of the first moment with work, and of the first with a completion. */
  readonly work: number;
  readonly completion: number;
}

export function progressIndex(seen: readonly Moment[], queues: readonly string[]): readonly Progress[] {
  return queues.map((queue) => {
    const rows = seen.map((moment) => moment.rows?.get(queue));
    const before = rows.find((row) => row !== undefined)?.[column.completed] ?? 0;
    const work = rows.findIndex((row) => row !== undefined && backlogOf(row) + row[column.active] > 0);
    const completion = rows.findIndex((row) => row !== undefined && row[column.completed] > before);
    return { queue, work: work === -1 ? Infinity : work, completion: completion === -1 ? Infinity : completion };
  });
}

/** A queue had work before this index and completed none of it. */
export function stuckComplaint(queues: readonly Progress[], end: number): Complaint | undefined {
  const stuck = queues.find(({ work, completion }) => work <= end && completion > end);
  return stuck && { text: `the queue ${stuck.queue} had work and completed none of it`, unknown: false };
}

/** A queue that completed something at the window's beginning may be stuck since then. */
export function standstillComplaint(seen: readonly Moment[], end: number, rules: HealthRules): Complaint | undefined {
  const fromS = (seen[end]?.s ?? 0) - (rules.sustainMs * 2) / 3;
  const stuck = rules.queues.find((queue) => {
    const completed = seen[end]?.rows?.get(queue)?.[column.completed];
    for (let index = end; index >= 0; index -= 1) {
      const row = seen[index]?.rows?.get(queue);
      if (!row || row[column.completed] !== completed || backlogOf(row) + row[column.active] === 0) return false;
      if ((seen[index]?.s ?? 0) <= fromS) return true;
    }
    return false;
  });
  return stuck === undefined
    ? undefined
    : {
        text: `the queue ${stuck} had work and completed none of it for ${Math.round((rules.sustainMs * 2) / 3000)} s`,
        unknown: false,
      };
}
