import type { HistoryEvent, QueueRow, ThresholdMetric, ThresholdRow } from '../../history/events.ts';
import { count } from '../../kernel/words.ts';
import { limitsOf, measures, mostQueues, rateSpanMs, type Measure } from '../../report/page/arm-charts.ts';
import type { Chart, ChartPoint, ChartSeries } from '../../report/page/time-panel.ts';

/** Of all queues, or of these: their sum, or the highest of them. */
interface Line {
  readonly name: string;
  readonly look: ChartSeries['line'];
  readonly of: 'sum' | 'highest';
  readonly queues: readonly string[] | undefined;
}

/** A chart gets a new point at most so often, real ms. */
const everyMs = 500;
/** A line with more points than this loses every second one. So a long drill costs no more than a short one. */
const mostPoints = 1200;

/**
 * The charts of a drill that is being played, point by point. Unlike `armCharts` it does not go through the whole
 * record again for each new sample.
 */
export class LiveCharts {
  readonly #rows = new Map<string, QueueRow>();
  #lines: readonly Line[] = linesFor([]);
  #points: ChartPoint[][] = [];
  #totals: { readonly s: number; readonly completed: number[] }[] = [];
  #lastT = -Infinity;

  /** The queues as they are now. */
  get rows(): ReadonlyMap<string, QueueRow> {
    return this.#rows;
  }

  /** Draws these queues beside the whole fleet. What was drawn before is dropped. */
  follow(queues: readonly string[]): void {
    this.#lines = linesFor(queues);
    this.#points = [];
  }

  push(event: HistoryEvent): void {
    if (event.type === 'redis' && !event.up) this.#addPoints(event, undefined);
    if (event.type !== 'sample') return;
    if (event.full) this.#rows.clear();
    for (const [name, row] of Object.entries(event.queues)) this.#rows.set(name, row);
    if (event.t - this.#lastT < everyMs) return;
    this.#lastT = event.t;
    this.#addPoints(event, [...this.#rows.values()]);
  }

  charts(thresholds: ReadonlyMap<ThresholdMetric, ThresholdRow>): readonly Chart[] {
    return measures.map((measure, index) => ({
      name: measure.name,
      note: measure.note,
      limits: limitsOf(measure, { thresholds }),
      series: this.#linesOf(measure).map(({ name, look }, at) => ({
        name,
        line: look,
        points: this.#points[index * lineRoom + at] ?? [],
      })),
    }));
  }

  #linesOf({ perSecond }: Measure): readonly Line[] {
    // The highest rate of single queues says nothing.
    return perSecond ? this.#lines.filter(({ of }) => of === 'sum') : this.#lines;
  }

  #addPoints({ t, s }: HistoryEvent, all: readonly QueueRow[] | undefined): void {
    for (const [index, measure] of measures.entries()) {
      const lines = this.#linesOf(measure);
      const figures = lines.map((line) => all && combine(line, measure, this.#rowsOf(line, all)));
      const values = measure.perSecond ? this.#rates(s, figures) : figures;
      for (const [at, value] of values.entries()) {
        const points = (this.#points[index * lineRoom + at] ??= []);
        points.push({ t, value });
        if (points.length > mostPoints)
          this.#points[index * lineRoom + at] = points.filter((_, place) => place % 2 === 1);
      }
    }
  }

  #rowsOf({ queues }: Line, all: readonly QueueRow[]): readonly QueueRow[] {
    return queues ? queues.map((name) => this.#rows.get(name)).filter((row) => row !== undefined) : all;
  }

  /** How fast counts grew over the last seconds. */
  #rates(s: number, completed: readonly (number | undefined)[]): readonly (number | undefined)[] {
    const known = completed.filter((figure) => figure !== undefined);
    if (known.length < completed.length) {
      this.#totals = [];
      return completed.map(() => undefined);
    }
    this.#totals.push({ s, completed: known });
    while ((this.#totals[1]?.s ?? Infinity) <= s - rateSpanMs) this.#totals.shift();
    const [oldest] = this.#totals;
    if (!oldest || s - oldest.s < rateSpanMs / 2) return completed.map(() => undefined);
    return known.map((figure, at) => {
      const grown = figure - (oldest.completed[at] ?? figure);
      return Math.max(0, Math.round((grown * 100_000) / (s - oldest.s)) / 100);
    });
  }
}

/** More lines than any chart has. */
const lineRoom = 8;

function linesFor(queues: readonly string[]): readonly Line[] {
  const fleet: Line = { name: 'whole fleet', look: 'faint', of: 'sum', queues: undefined };
  if (queues.length === 0)
    return [
      { ...fleet, look: 'solid' },
      { name: 'its highest queue', look: 'dashed', of: 'highest', queues: undefined },
    ];
  if (queues.length > mostQueues)
    return [
      { name: `${count(queues.length, 'affected queue')} together`, look: 'solid', of: 'sum', queues },
      { name: 'highest of them', look: 'dashed', of: 'highest', queues },
      fleet,
    ];
  const looks = ['solid', 'dashed', 'dotted'] as const;
  return [
    ...queues.map((name, index): Line => ({ name, look: looks[index] ?? 'solid', of: 'sum', queues: [name] })),
    fleet,
  ];
}

function combine({ of }: Line, { of: figureOf }: Measure, rows: readonly QueueRow[]): number {
  const figures = rows.map(figureOf);
  return of === 'sum' ? figures.reduce((all, one) => all + one, 0) : figures.reduce((a, b) => Math.max(a, b), 0);
}
