import type { Range } from '../history/events.ts';

type Bound = NonNullable<Range['max']>;

export function isWithin(range: Range, value: number): boolean {
  return respectsMin(range.min, value) && respectsMax(range.max, value);
}

/** Whether `value` keeps the upper bound. A range for the whole fleet bounds a single queue only from above. */
export function respectsMax(max: Range['max'], value: number): boolean {
  return !max || (max.inclusive ? value <= max.value : value < max.value);
}

export function respectsMin(min: Range['min'], value: number): boolean {
  return !min || (min.inclusive ? value >= min.value : value > min.value);
}

/** False if the range has no bound, because its text could not be understood. */
export function isReadable(range: Range): boolean {
  return range.min !== undefined || range.max !== undefined;
}

/** How `now` relates to `before`, as sets of values. `wider` wins if the two ends moved in different directions. */
export function compareRanges(before: Range, now: Range): 'same' | 'wider' | 'narrower' {
  const moves = [compareMin(before.min, now.min), compareMax(before.max, now.max)];
  if (moves.includes('wider')) return 'wider';
  return moves.includes('narrower') ? 'narrower' : 'same';
}

function compareMax(before: Bound | undefined, now: Bound | undefined): 'same' | 'wider' | 'narrower' {
  return compareReach(before && { ...before, reach: before.value }, now && { ...now, reach: now.value });
}

function compareMin(before: Bound | undefined, now: Bound | undefined): 'same' | 'wider' | 'narrower' {
  return compareReach(before && { ...before, reach: -before.value }, now && { ...now, reach: -now.value });
}

interface Reach {
  readonly reach: number;
  readonly inclusive: boolean;
}

function compareReach(before: Reach | undefined, now: Reach | undefined): 'same' | 'wider' | 'narrower' {
  if (!before || !now) return before === now ? 'same' : before ? 'wider' : 'narrower';
  if (before.reach !== now.reach) return now.reach > before.reach ? 'wider' : 'narrower';
  if (before.inclusive === now.inclusive) return 'same';
  return now.inclusive ? 'wider' : 'narrower';
}
