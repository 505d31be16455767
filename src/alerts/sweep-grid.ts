import type { Setting } from './sweep-report.ts';

/** Both ends are part of it. They are the same for a fixed value. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The values of both axes, in ascending order. Each pair of them is a setting. */
export interface SweepGrid {
  readonly thresholds: readonly number[];
  /** Values of `for`, sandbox ms. */
  readonly waitsMs: readonly number[];
}

interface GridInput {
  readonly present: Setting;
  readonly threshold: Range | undefined;
  readonly wait: Range | undefined;
  /** The number of values on each axis, 2 at least. */
  readonly steps: number;
  /** Between two evaluations. A `for` between two multiples of it works like the greater one. */
  readonly intervalMs: number;
}

/**
 * The settings to try. The present values are always among them. Without a range, a threshold goes from a quarter to
 * four times the present one, and `for` from 0 to the double.
 */
export function gridOf({ present, threshold, wait, steps, intervalMs }: GridInput): SweepGrid {
  const thresholds = thresholdAxis(threshold ?? around(present.threshold), steps);
  const waits = waitAxis(wait ?? { from: 0, to: Math.max(2 * present.forMs, 5 * intervalMs) }, steps, intervalMs);
  return { thresholds: withValue(thresholds, present.threshold), waitsMs: withValue(waits, present.forMs) };
}

function around(value: number): Range {
  if (value === 0) return { from: 0, to: 10 };
  return value > 0 ? { from: value / 4, to: value * 4 } : { from: value * 4, to: value / 4 };
}

/** Values with the same ratio if the range is wide, because 500 to 600 matters more than 9500 to 9600. */
function thresholdAxis({ from, to }: Range, steps: number): readonly number[] {
  const wide = from > 0 && to / from >= 8;
  const at = (share: number): number => (wide ? from * (to / from) ** share : from + (to - from) * share);
  const whole = Number.isInteger(from) && Number.isInteger(to) && to - from >= steps;
  const unit = 10 ** (Math.floor(Math.log10((to - from) / (steps - 1))) - 1);
  const round = (value: number): number => {
    const rounded = wide ? Number(value.toPrecision(2)) : Number((Math.round(value / unit) * unit).toPrecision(12));
    return whole ? Math.round(rounded) : rounded;
  };
  return axis({ from, to }, steps, (share) => round(at(share)));
}

function waitAxis({ from, to }: Range, steps: number, intervalMs: number): readonly number[] {
  return axis({ from, to }, steps, (share) => Math.round((from + (to - from) * share) / intervalMs) * intervalMs);
}

function axis({ from, to }: Range, steps: number, at: (share: number) => number): readonly number[] {
  const inner = Array.from({ length: Math.max(0, steps - 2) }, (_, index) => at((index + 1) / (steps - 1)));
  return [from, ...new Set(inner.filter((value) => value > from && value < to)), ...(to > from ? [to] : [])];
}

/** Puts a value in the place of the nearest one, or beside them if it is outside. The ends stay. */
function withValue(values: readonly number[], value: number): readonly number[] {
  const [first = value, last = value] = [values[0], values.at(-1)];
  if (values.includes(value)) return values;
  const inner = values.slice(1, -1);
  const [nearest] = inner.toSorted((a, b) => Math.abs(a - value) - Math.abs(b - value));
  const rest = value > first && value < last ? values.filter((one) => one !== nearest) : values;
  return [...rest, value].toSorted((a, b) => a - b);
}
