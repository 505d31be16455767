import type { NearMiss, Setting, SweptPair } from './sweep-report.ts';

/** For each fault that the present setting misses: the smallest changes of it that catch the fault. */
export function findNearMisses(pairs: readonly SweptPair[], present: SweptPair): readonly NearMiss[] {
  return present.missed.flatMap(({ scenario }): readonly NearMiss[] => {
    const catching = pairs.filter(({ caught }) => caught.some((fault) => fault.scenario === scenario));
    const threshold = nearest(catching, present, (pair) => pair.forMs === present.forMs)?.threshold;
    const forMs = nearest(catching, present, (pair) => pair.threshold === present.threshold)?.forMs;
    const both = threshold === undefined && forMs === undefined ? nearest(catching, present, () => true) : undefined;
    if (threshold === undefined && forMs === undefined && !both) return [];
    return [{ scenario, threshold, forMs, both: both && { threshold: both.threshold, forMs: both.forMs } }];
  });
}

function nearest(
  pairs: readonly SweptPair[],
  present: Setting,
  fits: (pair: SweptPair) => boolean,
): SweptPair | undefined {
  const distance = (pair: SweptPair): number => Math.abs(pair.threshold - present.threshold);
  const wait = (pair: SweptPair): number => Math.abs(pair.forMs - present.forMs);
  return pairs.filter(fits).toSorted((a, b) => distance(a) - distance(b) || wait(a) - wait(b))[0];
}
