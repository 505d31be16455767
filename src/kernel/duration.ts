const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** A duration in sandbox time as people write it: `500ms`, `60s`, `5m`, `1h`. */
export type Duration = `${number}${keyof typeof units}`;

/** A week: longer than any run, and short enough for a timer. */
const longestMs = 7 * 24 * 3_600_000;

/** Milliseconds, or undefined if the text is not a duration of at most a week. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (!match?.[1] || !match[2]) return undefined;
  const ms = Number(match[1]) * units[match[2] as keyof typeof units];
  return ms <= longestMs ? ms : undefined;
}
