import { createContext, Script, type Context } from 'node:vm';

/** From the first character to after the last one. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Finds every match of every pattern. Undefined: it took too long. */
export type FindPatterns = (text: string) => readonly Range[] | undefined;

/** A pattern that backtracks for ever must not hold up the terminal of a person; real ms. */
const withinMs = 100;
/** A search that used less CPU was held up by the machine, and not by its pattern. It is tried again; ms. */
const leastCpuMs = 50;
const mostTries = 10;
/** After so many searches that took too long, there are no more. */
const mostGivenUp = 3;

/**
 * Searches with a time limit: V8 gives up a search in a context of its own when its time is over. After three of those
 * every answer is undefined, so that the caller is held up no further.
 * @returns matches in their order; those that touch are one
 */
export function createFinder(patterns: readonly RegExp[]): FindPatterns {
  const inputs: Context & { text: string; found: readonly (readonly [number, number])[] } = createContext({
    patterns: patterns.map(({ source, flags }) => new RegExp(source, `${flags.replaceAll(/[gyd]/g, '')}g`)),
    text: '',
    found: [],
  }) as never;
  const search = new Script(
    'found = patterns.flatMap((one) => [...text.matchAll(one)].map((at) => [at.index, at.index + at[0].length]))',
  );
  let givenUp = 0;
  return (text) => {
    if (givenUp >= mostGivenUp) return undefined;
    inputs.text = text;
    if (!tryTo(() => search.runInContext(inputs, { timeout: withinMs }))) {
      givenUp += 1;
      return undefined;
    }
    return merge(inputs.found.map(([start, end]) => ({ start, end })).filter(({ start, end }) => end > start));
  };
}

/** @returns false if V8 gave it up, and it was not for want of a CPU */
function tryTo(work: () => void): boolean {
  for (let left = mostTries; left > 0; left -= 1) {
    const before = process.threadCpuUsage();
    try {
      work();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      const { user, system } = process.threadCpuUsage(before);
      if ((user + system) / 1000 >= leastCpuMs) return false;
    }
  }
  return false;
}

function merge(ranges: readonly Range[]): readonly Range[] {
  const merged: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (!last || range.start > last.end) merged.push(range);
    else merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
  }
  return merged;
}
