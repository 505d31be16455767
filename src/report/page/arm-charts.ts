import type { QueueRow, ThresholdMetric } from '../../history/events.ts';
import { count } from '../../kernel/words.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import { backlogOf, column, type Moment } from '../../record/timeline.ts';
import type { HealthRules } from '../../verdict/health.ts';
import type { Chart, ChartLimit, ChartPoint, ChartSeries } from './time-panel.ts';

/** Over how long a rate is taken, sandbox ms. */
export const rateSpanMs = 10_000;
/** With more affected queues than this, a chart shows their sum and the highest of them. */
export const mostQueues = 3;

type Figure = (row: QueueRow) => number;

export interface Measure {
  readonly metric: ThresholdMetric;
  readonly name: string;
  readonly note: string;
  readonly of: Figure;
  /** The figure is a count that grows: the chart shows how fast. */
  readonly perSecond?: boolean;
  /** Whether the runbook's threshold is stated in the chart's unit. */
  readonly limited: boolean;
}

/** What the runbook's thresholds are about. */
export const measures: readonly Measure[] = [
  {
    metric: 'waiting',
    name: 'Waiting',
    note: 'jobs, with prioritized and paused ones',
    of: backlogOf,
    limited: true,
  },
  {
    metric: 'active',
    name: 'Active',
    note: 'jobs that a worker holds',
    of: (row) => row[column.active],
    limited: true,
  },
  { metric: 'failed', name: 'Failed', note: 'jobs among the failed', of: (row) => row[column.failed], limited: false },
  { metric: 'delayed', name: 'Delayed', note: 'jobs', of: (row) => row[column.delayed], limited: true },
  {
    metric: 'rate',
    name: 'Rate',
    note: 'jobs completed a sandbox second, over the last 10 s',
    of: (row) => row[column.completed],
    perSecond: true,
    limited: true,
  },
];

/** The figures that the runbook's thresholds are about: of the affected queues, and of the fleet. */
export function armCharts({ timeline }: ArmRecord, rules: HealthRules): readonly Chart[] {
  // When Redis does not answer there is no sample, and the lines break.
  const moments = timeline.moments.filter(({ sampled, redisUp }) => sampled || !redisUp);
  if (!moments.some(({ rows }) => rows)) return [];
  return measures.map((measure) => ({
    name: measure.name,
    note: measure.note,
    series: seriesOf(measure, moments, rules.queues),
    limits: limitsOf(measure, rules),
  }));
}

function seriesOf({ of, perSecond }: Measure, moments: readonly Moment[], queues: readonly string[]): ChartSeries[] {
  const draw = (
    name: string,
    line: ChartSeries['line'],
    combine: (figures: readonly number[]) => number,
    names?: readonly string[],
  ): ChartSeries => {
    const points = moments.map((moment): ChartPoint => ({ t: moment.t, value: valueAt(moment, of, combine, names) }));
    return { name, line, points: perSecond ? ratesOf(points, moments) : points };
  };
  const few = queues.slice(0, mostQueues);
  const lines = ['solid', 'dashed', 'dotted'] as const;
  const affected =
    queues.length <= mostQueues
      ? few.map((queue, index) => draw(queue, lines[index] ?? 'solid', sum, [queue]))
      : [
          draw(`${count(queues.length, 'affected queue')} together`, 'solid', sum, queues),
          // The highest rate of single queues says nothing.
          ...(perSecond ? [] : [draw('highest of them', 'dashed', highest, queues)]),
        ];
  return [...affected, draw('whole fleet', 'faint', sum)];
}

function valueAt(
  { rows, sampled }: Moment,
  of: Figure,
  combine: (figures: readonly number[]) => number,
  queues: readonly string[] | undefined,
): number | undefined {
  if (!rows || !sampled) return undefined;
  const found = queues ? queues.map((queue) => rows.get(queue)).filter((row) => row !== undefined) : rows.values();
  return found.length === 0 ? undefined : combine(found.map(of));
}

function sum(figures: readonly number[]): number {
  return figures.reduce((all, one) => all + one, 0);
}

function highest(figures: readonly number[]): number {
  return figures.reduce((most, one) => Math.max(most, one), 0);
}

/** How fast a count grew over the last seconds. Unknown if the record is too short, or something is missing in it. */
function ratesOf(points: readonly ChartPoint[], moments: readonly Moment[]): readonly ChartPoint[] {
  let oldest = 0;
  return points.map(({ t, value }, index) => {
    const s = moments[index]?.s ?? 0;
    if (value === undefined) oldest = index + 1;
    while ((moments[oldest + 1]?.s ?? Infinity) <= s - rateSpanMs) oldest += 1;
    const [before, from] = [points[oldest]?.value, moments[oldest]?.s ?? s];
    if (value === undefined || before === undefined || s - from < rateSpanMs / 2) return { t, value: undefined };
    return { t, value: Math.round(((value - before) * 100_000) / (s - from)) / 100 };
  });
}

export function limitsOf(
  { metric, limited }: Measure,
  { thresholds }: Pick<HealthRules, 'thresholds'>,
): readonly ChartLimit[] {
  const row = thresholds.get(metric);
  if (!row || !limited) return [];
  const bounds = (kind: ChartLimit['kind']): readonly ChartLimit[] => {
    const { text, min, max } = row[kind];
    return [min, max].flatMap((bound) => (bound ? { kind, text: `${kind} ${text}`, value: bound.value } : []));
  };
  return [...bounds('normal'), ...bounds('alert')];
}
