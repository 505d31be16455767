/**
 * The load of a working day, squeezed into any time. Nights are quiet, mornings and afternoons busy, and every hour of
 * the day has a burst.
 */

/** Hour of the day and what the usual rate is multiplied by then. Between two hours it changes evenly. */
const hours = [
  [0, 0.4],
  [5, 0.3],
  [9, 1.6],
  [11, 1.4],
  [12.5, 0.9],
  [15, 1.7],
  [18, 1],
  [21, 0.6],
  [24, 0.4],
] as const;

/** A burst comes at the half hour, lasts three minutes of the day, and triples the rate. */
const burst = { atHour: 0.5, hours: 0.05, times: 3 };

/** @param share how much of the day has passed, from 0 to 1 */
export function dayIntensity(share: number): number {
  const hour = Math.min(1, Math.max(0, share)) * 24;
  const next = Math.max(
    1,
    hours.findIndex(([at]) => at >= hour),
  );
  const [[fromHour, from], [toHour, to]] = [hours[next - 1] ?? hours[0], hours[next] ?? hours[0]];
  const base = from + ((to - from) * (hour - fromHour)) / (toHour - fromHour);
  const isBurst = hour % 1 >= burst.atHour && hour % 1 < burst.atHour + burst.hours;
  return base * (isBurst ? burst.times : 1);
}
