/**
 * Reads `metrics.jsonl` back: lines → scrapes → series with points, one segment per arm. Adds what Prometheus itself
 * adds to each scrape: `up`, `scrape_duration_seconds`, `scrape_samples_scraped`, and stale markers where a series
 * ends.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import type { Arm } from '../history/events.ts';
import type { MetricsLine, MetricValue, Scrape, SeriesSeen } from '../history/metrics.ts';
import { defined } from '../kernel/defined.ts';
import { InputError } from '../kernel/errors.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import type { Point, RecordedSeries, ScrapeMark, Segment } from './recording.ts';

/** The stretch of a recording that one segment covers. */
export interface Stretch {
  readonly scenario?: string;
  readonly arm?: Arm;
  /** Sandbox ms. Scrapes before it belong to an earlier attempt. */
  readonly fromS: number;
  /** Sandbox ms. Later scrapes are left out. */
  readonly untilS?: number;
}

/**
 * Reads the segments of these stretches, in their order. A stretch without a scrape gives a segment without
 * series.
 * @throws InputError `METRICS_LINE` with file and line for a line that is not part of a recording, `METRICS_READ` if
 * the   file cannot be read
 */
export async function readRecording(file: string, stretches: readonly Stretch[]): Promise<readonly Segment[]> {
  const builders = stretches.map((stretch) => ({ stretch, builder: new SegmentBuilder() }));
  const known: SeriesSeen[] = [];
  let intervalMs: number | undefined;
  for await (const line of readLines(file)) {
    if (line.type === 'metrics.started') ({ intervalMs } = line);
    if (line.type === 'series') known[line.id] = line;
    if (line.type !== 'scrape') continue;
    for (const { stretch, builder } of builders) if (belongs(line, stretch)) builder.add(line, known);
  }
  if (intervalMs === undefined) throw headless(file);
  const everyMs = intervalMs;
  return builders.map(({ stretch, builder }) => builder.build(stretch, everyMs));
}

/** What the targets of a recording exported, whenever that was. */
export interface Exports {
  readonly series: readonly Omit<RecordedSeries, 'points'>[];
  /** Targets that never answered, so what they export is not known. */
  readonly silent: readonly string[];
  /** Sandbox ms between two scrapes of a target. */
  readonly scrapeMs: number;
}

/**
 * Reads only which series there are, which needs little memory.
 * @throws InputError like `readRecording`
 */
export async function readExports(file: string): Promise<Exports> {
  const series: SeriesSeen[] = [];
  const answered = new Map<string, { readonly job: string; readonly instance: string | undefined; ever: boolean }>();
  let scrapeMs: number | undefined;
  for await (const line of readLines(file)) {
    if (line.type === 'metrics.started') scrapeMs = line.intervalMs;
    if (line.type === 'series') series.push(line);
    if (line.type !== 'scrape') continue;
    const { target: job, instance } = line;
    const target = answered.get(targetOf(line)) ?? { job, instance, ever: false };
    target.ever ||= !line.failed;
    answered.set(targetOf(line), target);
  }
  if (scrapeMs === undefined) throw headless(file);
  const own = [...answered.values()].flatMap(({ job, instance: stated }) => {
    const instance = stated ?? series.find(({ labels }) => labels['job'] === job)?.labels['instance'] ?? '';
    return ownNames.map((name) => ({ name, labels: { instance, job }, kind: 'gauge' as const }));
  });
  return {
    series: [...series.map(({ name, labels, kind }) => ({ name, labels, kind })), ...own],
    silent: [...answered.values()].flatMap(({ job, ever }) => (ever ? [] : [job])),
    scrapeMs,
  };
}

/** The key of a target: one job can have several. */
function targetOf({ target, instance = '' }: Pick<Scrape, 'target' | 'instance'>): string {
  return `${target} ${instance}`;
}

/** What Prometheus itself adds to each scrape. */
const ownNames = ['up', 'scrape_duration_seconds', 'scrape_samples_scraped'] as const;

function belongs({ scenario, arm, s }: Scrape, stretch: Stretch): boolean {
  return (
    scenario === stretch.scenario && arm === stretch.arm && s >= stretch.fromS && s <= (stretch.untilS ?? Infinity)
  );
}

async function* readLines(file: string): AsyncGenerator<MetricsLine> {
  let number = 0;
  let cut: number | undefined;
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      number += 1;
      // Only the last line may be cut off: the run died while it wrote it.
      if (cut !== undefined) throw lineError(file, cut, 'the line is no JSON');
      const line = parseLine(text);
      if (line === undefined) cut = number;
      else if (isLine(line)) yield line;
      else throw lineError(file, number, 'the line is not part of a recording of metrics');
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`the metrics ${file} cannot be read: ${reasonOf(error)}`, {
      code: 'METRICS_READ',
      next: 'name a run folder that holds a metrics.jsonl; runs of older versions have none',
      cause: error,
    });
  }
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Checks only what the reader relies on. */
function isLine(value: unknown): value is MetricsLine {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  const line = value as Partial<Record<string, unknown>>;
  if (line['type'] === 'metrics.started') return line['metricsVersion'] === 1 && isPositive(line['intervalMs']);
  if (line['type'] === 'series')
    return Number.isSafeInteger(line['id']) && typeof line['name'] === 'string' && typeof line['labels'] === 'object';
  return (
    line['type'] === 'scrape' &&
    typeof line['target'] === 'string' &&
    Number.isFinite(line['s']) &&
    Array.isArray(line['samples']) &&
    Array.isArray(line['gone'])
  );
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}

function headless(file: string): InputError {
  return lineError(file, 1, 'the file does not begin with `metrics.started`');
}

function lineError(file: string, line: number, message: string): InputError {
  return new InputError(message, { code: 'METRICS_LINE', location: { file, line }, next: 'record the run again' });
}

interface OpenSeries {
  readonly facts: Pick<RecordedSeries, 'name' | 'labels' | 'kind'>;
  readonly points: Point[];
}

/** Adds up the scrapes of one stretch. */
class SegmentBuilder {
  readonly #scrapes: { readonly scrape: Scrape; readonly known: readonly SeriesSeen[] }[] = [];

  add(scrape: Scrape, known: readonly SeriesSeen[]): void {
    this.#scrapes.push({ scrape, known });
  }

  build({ scenario, arm }: Stretch, intervalMs: number): Segment {
    // A scrape that timed out is written when it is known why, after later ones.
    const scrapes = this.#scrapes.toSorted((a, b) => a.scrape.s - b.scrape.s);
    const targets = new Map<string, TargetSeries>();
    for (const { scrape, known } of scrapes) {
      const target = targets.get(targetOf(scrape)) ?? new TargetSeries(scrape);
      targets.set(targetOf(scrape), target);
      target.add(scrape, known);
    }
    return {
      name: scenario === undefined ? 'healthy' : `${scenario}/${arm ?? '?'}`,
      scenario,
      arm,
      startS: scrapes[0]?.scrape.s ?? 0,
      endS: scrapes.at(-1)?.scrape.s ?? 0,
      intervalMs,
      series: [...targets.values()].flatMap((target) => target.series()),
      scrapes: scrapes.map(({ scrape }) => markOf(scrape)),
    };
  }
}

function markOf({ target, instance, s, tookMs, failed }: Scrape): ScrapeMark {
  return { target, ...defined({ instance }), s, tookMs, ok: failed === undefined, late: failed?.late === true };
}

/** The series of one target, open until they end. */
class TargetSeries {
  readonly #job: string;
  readonly #series = new Map<number, OpenSeries>();
  readonly #current = new Map<number, number>();
  readonly #own = new Map<string, OpenSeries>();
  #instance: string;

  constructor({ target, instance = '' }: Pick<Scrape, 'target' | 'instance'>) {
    this.#job = target;
    this.#instance = instance;
  }

  add(scrape: Scrape, known: readonly SeriesSeen[]): void {
    const { s, failed, samples, gone, tookMs } = scrape;
    // This machine was slow: what the target would have answered is not known, so nothing ends here.
    if (failed?.late) return;
    if (failed) this.#end([...this.#current.keys()], s);
    else this.#end(gone, s);
    for (const [id, value] of samples) this.#start(id, fromJson(value), known);
    if (!failed) for (const [id, value] of this.#current) this.#series.get(id)?.points.push({ s, value });
    this.#addOwn('up', s, failed ? 0 : 1);
    this.#addOwn('scrape_duration_seconds', s, tookMs / 1000);
    this.#addOwn('scrape_samples_scraped', s, failed ? 0 : this.#current.size);
  }

  series(): readonly RecordedSeries[] {
    const own = [...this.#own.values()].map((series) => ({
      ...series,
      facts: { ...series.facts, labels: { instance: this.#instance, job: this.#job } },
    }));
    return [...this.#series.values(), ...own].map(({ facts, points }) => ({ ...facts, points }));
  }

  #start(id: number, value: number, known: readonly SeriesSeen[]): void {
    const facts = known[id];
    if (!facts) return;
    const { name, labels, kind } = facts;
    this.#instance = labels['instance'] ?? this.#instance;
    if (!this.#series.has(id)) this.#series.set(id, { facts: { name, labels, kind }, points: [] });
    this.#current.set(id, value);
  }

  #end(ids: readonly number[], s: number): void {
    for (const id of ids) {
      this.#current.delete(id);
      this.#series.get(id)?.points.push({ s, value: 'stale' });
    }
  }

  #addOwn(name: (typeof ownNames)[number], s: number, value: number): void {
    const series = this.#own.get(name) ?? { facts: { name, labels: {}, kind: 'gauge' as const }, points: [] };
    this.#own.set(name, series);
    series.points.push({ s, value });
  }
}

function fromJson(value: MetricValue): number {
  if (typeof value === 'number') return value;
  return { NaN: NaN, '+Inf': Infinity, '-Inf': -Infinity }[value];
}
