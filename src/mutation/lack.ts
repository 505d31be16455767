/** What the scenarios lack, so that a mutant survived. */
export interface Lack {
  /** In plain words, without a mark at the end: "no failed job in a paused queue". */
  readonly lacks: string;
  /** The burst, argument or claim that would show the difference. Absent if it cannot be derived. */
  readonly propose?: string;
}

export const unknownLack: Lack = { lacks: 'unknown' };

/** Jobs of a state, as a burst of a scenario brings them. */
const bursts: Readonly<Record<string, string>> = {
  waiting: burstOf(3, 'options: { priority: 0 }'),
  prioritized: burstOf(3, 'options: { priority: 5 }'),
  delayed: burstOf(3, 'options: { delay: 3_600_000 }'),
  failed: failingJobs('affected'),
  paused: "a fault of the kind 'queues-paused'",
  active: "a fault of the kind 'stuck-jobs'",
};

export function burstOf(count: number, more: string, queues = 'affected'): string {
  return `burst: { queues: ${queues}, count: ${count}, ${more} }`;
}

export function failingJobs(queues: string): string {
  return burstOf(3, 'data: <a payload that fails>, options: { attempts: 1 }', queues);
}

/** How jobs of this state get into a queue. */
export function jobsIn(state: string, queues = 'affected'): string | undefined {
  return bursts[state]?.replace('affected', queues);
}

/** The same state as a scenario names it: `getFailed` has jobs that are `failed`. */
export function stateOf(call: string): string {
  return (/get([A-Z][a-z]+)/.exec(call)?.[1] ?? '').toLowerCase();
}

/** A span in the largest unit that both ends have in whole numbers: "15 to 30 minutes". */
export function betweenMs(one: number, other: number): readonly [from: string, to: string, unit: string] {
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  const units = [
    ['hours', 3_600_000],
    ['minutes', 60_000],
    ['seconds', 1000],
  ] as const;
  const [unit, size] = units.find(([, each]) => from >= each) ?? ['ms', 1];
  const round = (ms: number): string => String(Math.round((ms / size) * 10) / 10);
  return [round(from), round(to), unit];
}

/** Half-way between two ages, as a scenario writes it. */
export function middleOf(one: number, other: number): string {
  const ms = (one + other) / 2;
  if (ms >= 6 * 3_600_000) return `${Math.round(ms / 3_600_000)}h`;
  return ms >= 60_000 ? `${Math.round(ms / 60_000)}m` : `${Math.max(1, Math.round(ms / 1000))}s`;
}
