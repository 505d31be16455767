/** A straight line from values to pixels. */
export type Scale = (value: number) => number;

export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [low, high] = domain;
  const width = high - low || 1;
  return (value) => range[0] + ((value - low) / width) * (range[1] - range[0]);
}

/**
 * The range of values that a picture shows, with round ends. It starts at zero unless the values differ by less than a
 * tenth of themselves, as times since 1970 do.
 */
export function valueRange(values: readonly number[]): readonly [number, number] {
  const low = values.reduce((one, other) => Math.min(one, other), Infinity);
  const high = values.reduce((one, other) => Math.max(one, other), -Infinity);
  if (low > high) return [0, 1];
  const near = low < high && low * high > 0 && Math.min(low / high, high / low) > 0.9;
  const [from, to] = near ? [low, high] : [Math.min(0, low), Math.max(0, high)];
  // Below this, steps between the values would vanish.
  if (to - from < 1e-200) return [0, 1];
  const step = roundStep((to - from) / 4);
  return [Math.floor(from / step) * step, Math.ceil(to / step) * step];
}

/** Round numbers from one end to the other, about as many as asked for. */
export function numberTicks([low, high]: readonly [number, number], about: number): readonly number[] {
  const step = roundStep((high - low) / about);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** The smallest of 1, 2, 5, 10, … that is at least as large. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return ([1, 2, 5, 10].find((factor) => factor * power >= atLeast * (1 - 1e-9)) ?? 10) * power;
}

const [secondMs, minuteMs, hourMs] = [1000, 60_000, 3_600_000];
const clockSteps: readonly number[] = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((number) => number * secondMs),
  ...[1, 2, 5, 10, 15, 30].map((number) => number * minuteMs),
  ...[1, 2, 3, 6, 12, 24].map((number) => number * hourMs),
];

/** Round instants of a clock, ms, at most as many as asked for. */
export function clockTicks([from, to]: readonly [number, number], most: number): readonly number[] {
  const fits = (step: number): boolean => (to - from) / step < most;
  const step = clockSteps.find(fits) ?? roundStep((to - from) / most / hourMs) * hourMs;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** `5:30`, or `1:05:30` from one hour on. Tenths if there are any. */
export function clockText(ms: number): string {
  const tenths = Math.round(Math.abs(ms) / 100);
  const [hours, minutes] = [Math.floor(tenths / 36_000), Math.floor((tenths % 36_000) / 600)];
  const whole = String(Math.floor((tenths % 600) / 10)).padStart(2, '0');
  const seconds = tenths % 10 === 0 ? whole : `${whole}.${tenths % 10}`;
  const text = hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
  return ms < 0 && tenths > 0 ? `-${text}` : text;
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });

/** A number as short as it can be read: `0.25`, `5000`, `1.2M`. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size >= 1e15 || (size > 0 && size < 1e-3)) return value.toPrecision(3);
  return size >= 100_000 ? compact.format(value) : String(Number(value.toPrecision(5)));
}
