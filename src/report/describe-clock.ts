import type { RunReport } from '../verdict/run-report.ts';

/** How fast the sandboxes' clocks ran. */
export function describeClock({ timeScale, clockChanges = [] }: RunReport): string {
  const rates = [...new Set([timeScale, ...clockChanges.map(({ rate }) => rate)])].toSorted((a, b) => a - b);
  const [slowest = timeScale] = rates;
  const fastest = rates.at(-1) ?? timeScale;
  if (slowest === fastest) return `${timeScale} sandbox seconds a second`;
  const times = clockChanges.length === 1 ? 'once' : `${clockChanges.length} times`;
  return `${slowest} to ${fastest} sandbox seconds a second, changed ${times}`;
}
