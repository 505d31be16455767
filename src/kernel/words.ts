/** A number with its noun: "1 job", "2 jobs", "0 processes". The plural is the noun with an "s" unless it is given. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** Milliseconds as seconds to one decimal: 1250 becomes "1.3 s", 60000 becomes "60 s". */
export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
