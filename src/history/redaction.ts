import { createFinder, type FindPatterns, type Range } from '../kernel/find-patterns.ts';
import type { EventBody } from './events.ts';

/** Stands in a record for what a pattern of `redact` matched. */
export const redactedMark = '[redacted by drillbook]';

/** Removes what the patterns of the configuration match from a record, before anything of it is written. */
export interface Redaction {
  /** How many there are. */
  readonly patterns: number;
  /** How often a mark was written in place of a match. */
  readonly replaced: number;
  /** How often a whole text was left out because the search in it took too long. */
  readonly leftOut: number;
  find: FindPatterns;
  text(text: string): string;
  /** Leaves out what the patterns match in an event that a person or a program may have put a secret into. */
  event(body: EventBody): EventBody;
  count(kind: 'replaced' | 'leftOut'): void;
}

/**
 * @param redactEvent which texts of an event may hold a secret, and what must stay because a verdict rests on it
 */
export function createRedaction(
  patterns: readonly RegExp[],
  redactEvent: (body: EventBody, redact: (text: string) => string) => EventBody,
): Redaction {
  const find = createFinder(patterns);
  const counts = { replaced: 0, leftOut: 0 };
  const redact = (text: string): string => {
    const ranges = find(text);
    counts[ranges ? 'replaced' : 'leftOut'] += ranges?.length ?? 1;
    return ranges ? replaceRanges(text, ranges) : redactedMark;
  };
  return {
    patterns: patterns.length,
    find,
    text: redact,
    event: (body) => redactEvent(body, redact),
    count: (kind) => void (counts[kind] += 1),
    get replaced() {
      return counts.replaced;
    },
    get leftOut() {
      return counts.leftOut;
    },
  };
}

function replaceRanges(text: string, ranges: readonly Range[]): string {
  let [result, from] = ['', 0];
  for (const { start, end } of ranges) {
    result += text.slice(from, start) + redactedMark;
    from = end;
  }
  return result + text.slice(from);
}
