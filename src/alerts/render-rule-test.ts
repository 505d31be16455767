/**
 * Writes a segment and its questions as a test file for promtool.
 *
 * promtool evaluates at 0, `interval`, 2 × `interval`, …, and all its samples lie on one grid that starts at 0. So two
 * things change:
 *
 * - The evaluation phase moves the samples. Without a phase, promtool's 0 is the start of the segment. With a phase,
 *   its first interval ends at the first evaluation, so that no sample lies before 0.
 * - A sample moves up to the next step of the grid, by less than a second. The engine never sees a sample early. It
 *   sees it at the right evaluation too, because evaluations lie on the grid. What is biased is age. A sample leaves a
 *   window such as `[5m]`, and the five minutes of the lookback, up to a second late.
 * - Of two samples that meet on one step, the later one stays.
 */
import type { RecordedSeries, Segment } from './recording.ts';
import type { EvaluationGrid } from './timeline.ts';

/** Sandbox ms. */
const coarsestGridMs = 1000;

export interface Question {
  readonly expr: string;
  /** Number of the evaluation, from 0. */
  readonly evaluation: number;
}

/** Sandbox ms of each evaluation within the segment. */
export function evaluationsOf(segment: Segment, { intervalMs, phaseMs }: EvaluationGrid): readonly number[] {
  if (!(Number.isInteger(intervalMs) && intervalMs > 0 && phaseMs >= 0 && phaseMs < intervalMs))
    throw new RangeError(`no evaluation grid: every ${intervalMs} ms at phase ${phaseMs} ms`);
  const first = segment.startS + phaseMs;
  const count = Math.max(0, Math.floor((segment.endS - first) / intervalMs) + 1);
  return Array.from({ length: count }, (_, index) => first + index * intervalMs);
}

/** The evaluations that promtool makes before the segment starts. They must not count. */
export function earlyEvaluations({ phaseMs }: EvaluationGrid): 0 | 1 {
  return phaseMs > 0 ? 1 : 0;
}

/**
 * @param isRead whether a question or rule can read the series; the others are left out
 * @param ruleFile absent if the questions need no rules
 */
export function renderRuleTest(
  segment: Segment,
  grid: EvaluationGrid,
  questions: readonly Question[],
  isRead: (series: RecordedSeries) => boolean,
  ruleFile?: string,
): string {
  const gridMs = sampleGridMs(grid);
  const early = earlyEvaluations(grid);
  const originS = segment.startS + grid.phaseMs - early * grid.intervalMs;
  const expressions = new Map<string, string>();
  const written = (expr: string): string => {
    let text = expressions.get(expr);
    if (text === undefined) expressions.set(expr, (text = yamlText(expr)));
    return text;
  };
  return [
    `rule_files: [${ruleFile ?? ''}]`,
    `evaluation_interval: ${grid.intervalMs}ms`,
    'tests:',
    `- interval: ${gridMs}ms`,
    '  input_series:',
    ...segment.series
      .filter(isRead)
      .flatMap((series) => [
        `  - series: ${yamlText(seriesText(series))}`,
        `    values: '${valuesText(series, originS, gridMs)}'`,
      ]),
    '  promql_expr_test:',
    // No result has the label `question` alone, so each test fails, and says by its expectation which one it is.
    ...questions.map(
      ({ expr, evaluation }, index) =>
        `  - {expr: ${written(expr)}, eval_time: ${(evaluation + early) * grid.intervalMs}ms, ` +
        `exp_samples: [{labels: '{question="${index}"}', value: 1}]}`,
    ),
    '',
  ].join('\n');
}

/** Sandbox ms between the instants at which promtool can have samples. Each evaluation is one of them. */
export function sampleGridMs({ intervalMs }: EvaluationGrid): number {
  return greatestDivisor(coarsestGridMs, intervalMs);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** Runs of one value are packed, and so are gaps: `5 _x14 6x3 stale`. */
function valuesText({ name, points }: RecordedSeries, originS: number, gridMs: number): string {
  const cells: { at: number; text: string; times: number }[] = [];
  for (const { s, value } of points) {
    const at = Math.ceil((s - originS) / gridMs);
    if (at < 0) throw new Error(`a sample of ${name} lies before its segment`);
    const text = valueText(value);
    const last = cells.at(-1);
    if (last && last.at + last.times > at) {
      last.times -= 1;
      if (last.times === 0) cells.pop();
    }
    const before = cells.at(-1);
    if (before?.text === text && before.at + before.times === at) before.times += 1;
    else cells.push({ at, text, times: 1 });
  }
  let next = 0;
  const words: string[] = [];
  for (const { at, text, times } of cells) {
    if (at > next) words.push(`_x${at - next}`);
    if (times > 1 && packable.test(text)) words.push(`${text}x${times - 1}`);
    else words.push(...Array.from({ length: times }, () => text));
    next = at + times;
  }
  return words.join(' ');
}

/** promtool reads `NaNx3` and `stalex3` as words. */
const packable = /\d$/;

function valueText(value: number | 'stale'): string {
  if (value === Infinity) return 'Inf';
  if (value === -Infinity) return '-Inf';
  // A plus sign would begin a step: `1+2x3`.
  return Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e');
}

const plainMetric = /^[a-zA-Z_:][\w:]*$/;
const plainLabel = /^[a-zA-Z_]\w*$/;

function seriesText({ name, labels }: RecordedSeries): string {
  const pairs = Object.entries(labels).map(
    ([label, value]) => `${plainLabel.test(label) ? label : promText(label)}=${promText(value)}`,
  );
  return plainMetric.test(name) ? `${name}{${pairs.join(',')}}` : `{${[promText(name), ...pairs].join(',')}}`;
}

/** A string of PromQL. */
function promText(text: string): string {
  const escaped = text
    .toWellFormed()
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll(/\p{Cc}/gu, (char) => `\\u${hex(char, 4)}`);
  return `"${escaped}"`;
}

/** A string of YAML on one line. JSON is not enough, because YAML has more line ends and no surrogate pairs. */
export function yamlText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll(/[^\x20-\x7e]/gu, (char) => `\\U${hex(char, 8)}`);
}

function hex(char: string, digits: number): string {
  return (char.codePointAt(0) ?? 0).toString(16).padStart(digits, '0');
}
