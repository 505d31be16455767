const units: Readonly<Record<string, number>> = {
  y: 365 * 86_400_000,
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/** Prometheus counts nanoseconds in 63 bits. */
const longestMs = 2 ** 63 / 1_000_000;

/** Milliseconds of a duration as Prometheus writes it: `5m`, `1h30m`, `0`. Undefined for any other text. */
export function parsePrometheusDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(?=\d)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(ms|[ywdhms])/g)];
  const ms = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? 0), 0);
  return ms < longestMs ? ms : undefined;
}
