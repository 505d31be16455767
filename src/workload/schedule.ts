/** A queue's share of the load, jobs a sandbox second. */
export interface QueueRate {
  readonly name: string;
  readonly perSecond: number;
  /** At most so many, however intense the load is. */
  readonly atMost?: number | undefined;
}

interface Share {
  readonly name: string;
  readonly weight: number;
  readonly maxPerSecond?: number | undefined;
}

/** Splits the fleet's rate by weight. A queue gets at most its own maximum, and the rest goes to the other queues. */
export function shareRate(queues: readonly Share[], jobsPerSecond: number): readonly QueueRate[] {
  const capped = new Map<string, number>();
  for (;;) {
    const left = jobsPerSecond - [...capped.values()].reduce((sum, rate) => sum + rate, 0);
    const open = queues.filter(({ name }) => !capped.has(name));
    const weight = open.reduce((sum, queue) => sum + queue.weight, 0);
    const over = open.filter(
      (queue) => queue.maxPerSecond !== undefined && weight > 0 && (left * queue.weight) / weight > queue.maxPerSecond,
    );
    if (over.length === 0) {
      return queues.map(({ name, weight: own, maxPerSecond: atMost }) => ({
        name,
        perSecond: capped.get(name) ?? (weight > 0 ? (left * own) / weight : 0),
        atMost,
      }));
    }
    for (const { name, maxPerSecond } of over) capped.set(name, maxPerSecond ?? 0);
  }
}

/**
 * Decides how many jobs each queue gets in each slice of time. In the first slice every queue gets one job, because in
 * production each queue has had jobs before. The intensity multiplies the rates.
 */
export function createSchedule(
  rates: readonly QueueRate[],
  random: () => number,
): (sandboxMs: number, intensity?: number) => ReadonlyMap<string, number> {
  // Each queue starts at a random point of its own period, so that 180 queues at 0.05 jobs/s do not all fire at once.
  const due = new Map(rates.map(({ name }) => [name, 1 + random()]));
  return (sandboxMs, intensity = 1) => {
    const arrivals = new Map<string, number>();
    for (const { name, perSecond, atMost = Infinity } of rates) {
      const owed = (due.get(name) ?? 0) + (Math.min(perSecond * intensity, atMost) * sandboxMs) / 1000;
      const whole = Math.floor(owed);
      due.set(name, owed - whole);
      if (whole > 0) arrivals.set(name, whole);
    }
    return arrivals;
  };
}
