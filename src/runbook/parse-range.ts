import type { Range, ThresholdMetric } from '../history/events.ts';

/** The cell is not a range of this metric. The message says what was expected. */
export class RangeError extends Error {}

const perSecond: Readonly<Record<string, number>> = { s: 1, min: 1 / 60, h: 1 / 3600, day: 1 / 86_400 };
const unitOfTime: readonly (readonly [unit: string, words: RegExp])[] = [
  ['s', /^(?:s|secs?|seconds?|secunda|secunde)$/],
  ['min', /^(?:m|mins?|minutes?|minut|minute)$/],
  ['h', /^(?:h|hrs?|hours?|ora|ore)$/],
  ['day', /^(?:d|days?|zi|zile)$/],
];

/** Longest cell to match, because the time of the pattern grows with the cube of the length. */
const longestCell = 100;

const examples: Readonly<Record<ThresholdMetric, string>> = {
  waiting: '`< 1000`, `> 5,000` or `1-50`',
  active: '`< 100`, `> 100` or `1-50`',
  delayed: '`< 500`, `> 2 000` or `1-50`',
  failed: '`< 10/hour`, `> 50/hour` or `1-10/hour`',
  rate: '`> 10 jobs/sec`, `< 1 job/sec` or `1-50 jobs/sec`',
};

/**
 * Reads one cell of the thresholds table, e.g. `< 1000`, `1-50`, `≤ 10/hour`, `> 10 jobs/sec`. Failures are
 * converted to their number per hour, rates to jobs per second.
 * @throws RangeError for any other text
 */
export function parseRange(cell: string, metric: ThresholdMetric): Range {
  const text = cell.replace(/[`*\u00a0\u202f\u2009]/g, (char) => (char === '`' || char === '*' ? '' : ' ')).trim();
  const expected = `expected ${examples[metric]}`;
  if (text.length > longestCell) throw new RangeError(`it is too long for a range; ${expected}`);
  const match =
    /^(<=|>=|<|>|≤|≥|=)?\s*(\d[\d\s.,_']*?k?)(?:\s*(?:-|–|—|\.\.|\bto\b)\s*(\d[\d\s.,_']*?k?))?(?![\d.,_'])\s*([^\d\s.,].*)?$/iu.exec(
      text,
    );
  if (!match) throw new RangeError(expected);
  const [, operator, first = '', second, unit = ''] = match;
  const factor = unitFactor(unit, metric);
  if (factor === undefined)
    throw new RangeError(
      unit === '' ? `the unit is missing; ${expected}` : `the unit \`${unit.trim()}\` does not fit; ${expected}`,
    );
  if (operator !== undefined && second !== undefined)
    throw new RangeError(`it must be either a comparison or a range; ${expected}`);
  const low = parseNumber(first, expected) * factor;
  const high = second === undefined ? low : parseNumber(second, expected) * factor;
  if (low > high) throw new RangeError(`the range runs backwards; ${expected}`);
  return { text, ...boundsOf(operator, low, high) };
}

const timed =
  /^(.*\S) +((?:for|pentru|timp de) +(?:(?:at least|more than|over|cel putin|peste|>=?|≥) *)?\d+(?:[.,]\d+)? *([a-z]+)\.?)$/iu;

/**
 * Separates the time from an alert threshold: `≥ 5,000 for 2 min` is a range and how long it must be exceeded. Text
 * without a time is a range.
 */
export function splitTime(cell: string): { readonly range: string; readonly time: string | undefined } {
  const [, range, time, unit] = (cell.length <= longestCell && timed.exec(cell)) || [];
  if (range === undefined || time === undefined || !unitOfTime.some(([, words]) => words.test(fold(unit ?? ''))))
    return { range: cell, time: undefined };
  return { range, time };
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

function boundsOf(operator: string | undefined, low: number, high: number): Pick<Range, 'min' | 'max'> {
  switch (operator) {
    case '<':
      return { max: { value: high, inclusive: false } };
    case '<=':
    case '≤':
      return { max: { value: high, inclusive: true } };
    case '>':
      return { min: { value: low, inclusive: false } };
    case '>=':
    case '≥':
      return { min: { value: low, inclusive: true } };
    default:
      return { min: { value: low, inclusive: true }, max: { value: high, inclusive: true } };
  }
}

/** `1000`, `1,000`, `1 000`, `1_000`, `0.5`, `5k`. `1.000` is refused, because it means 1000 or 1 by country. */
function parseNumber(text: string, expected: string): number {
  const thousands = /k$/i.test(text) ? 1000 : 1;
  const digits = text.replace(/k$/i, '').trim();
  if (/^[1-9]\d{0,2}\.\d{3}$/.test(digits))
    throw new RangeError(
      `\`${digits}\` can be read as ${digits.replace('.', '')} or as a decimal fraction; ${expected}`,
    );
  const plain = /^\d{1,3}(?:([,\s_'])\d{3})(?:\1\d{3})*$/.test(digits) ? digits.replace(/[,\s_']/g, '') : digits;
  if (!/^\d+(?:\.\d+)?$/.test(plain)) throw new RangeError(`\`${digits}\` is not a number; ${expected}`);
  return Number(plain) * thousands;
}

/** Undefined if the metric does not have this unit. */
function unitFactor(text: string, metric: ThresholdMetric): number | undefined {
  const match = /^(?:jobs?|joburi|job-uri|sarcini)?\s*(?:(?:\/|per\b|pe\b)\s*([a-z]+)\.?)?$/.exec(fold(text));
  if (!match) return undefined;
  const time = match[1] === undefined ? undefined : unitOfTime.find(([, words]) => words.test(match[1] ?? ''))?.[0];
  const ratio = time === undefined ? undefined : perSecond[time];
  switch (metric) {
    case 'rate':
      return ratio;
    case 'failed':
      return ratio === undefined ? undefined : ratio * 3600;
    default:
      return match[1] === undefined ? 1 : undefined;
  }
}
