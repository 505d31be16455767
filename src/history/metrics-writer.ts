import { closeSync, openSync, writeSync } from 'node:fs';

import { defined } from '../kernel/defined.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import type { MetricKind, MetricsLine, MetricValue, Scrape } from './metrics.ts';
import type { EventContext } from './writer.ts';

/** A scrape that succeeded. Series are named by a text that stays the same from scrape to scrape. */
export interface WrittenScrape extends Pick<Scrape, 'target' | 'instance' | 's' | 'tookMs'> {
  readonly values: ReadonlyMap<string, number>;
  /** Asked once for each series. */
  readonly describe: (series: string) => SeriesFacts;
}

export interface SeriesFacts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly kind: MetricKind;
}

export type FailedScrape = Pick<Scrape, 'target' | 'instance' | 's' | 'tookMs'> & Required<Pick<Scrape, 'failed'>>;

export interface MetricsWriter {
  /** Begins the scrapes of one arm, or of a healthy fleet without a scenario. Its first scrape is full. */
  stretch(context?: EventContext): MetricsStretch;
  /** Safe to call twice. What is written later is dropped. */
  close(): void;
}

export interface MetricsStretch {
  write(scrape: WrittenScrape | FailedScrape): void;
}

/**
 * Starts `metrics.jsonl`. Its format is that of metrics.ts.
 * @param onBroken gets the reason if a line could not be written; nothing is written after that
 * @throws Error if the file cannot be created
 */
export function createMetricsWriter(
  path: string,
  { run, intervalMs }: { readonly run: string; readonly intervalMs: number },
  onBroken: (reason: string) => void,
): MetricsWriter {
  const file = openSync(path, 'ax');
  const ids = new Map<string, number>();
  let open = true;

  const put = (lines: readonly MetricsLine[]): void => {
    if (!open) return;
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    } catch (error) {
      close();
      onBroken(reasonOf(error));
    }
  };
  const close = (): void => {
    if (!open) return;
    open = false;
    closeSync(file);
  };

  /** The series' number. A new one gets the next, and a line that introduces it. */
  const number = (
    target: string,
    series: string,
    describe: WrittenScrape['describe'],
    lines: MetricsLine[],
  ): number => {
    const key = `${target} ${series}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = ids.size;
    ids.set(key, id);
    lines.push({ type: 'series', id, ...describe(series) });
    return id;
  };
  put([{ type: 'metrics.started', metricsVersion: 1, run, intervalMs }]);

  return {
    stretch(context) {
      const lastOf = new Map<string, ReadonlyMap<string, number>>();
      const write = (scrape: WrittenScrape | FailedScrape): void => {
        const { target: job, instance, s, tookMs } = scrape;
        const target = `${job} ${instance ?? ''}`;
        const times = { s: round(s), tookMs: round(tookMs) };
        const head = { type: 'scrape', ...context, target: job, ...defined({ instance }), ...times } as const;
        if ('failed' in scrape) {
          lastOf.delete(target);
          put([{ ...head, full: false, samples: [], gone: [], failed: scrape.failed }]);
          return;
        }
        const { values, describe } = scrape;
        const before = lastOf.get(target);
        lastOf.set(target, values);
        const lines: MetricsLine[] = [];
        const idOf = (series: string): number => number(target, series, describe, lines);
        const changed = [...values].filter(([series, value]) => !before || !Object.is(before.get(series), value));
        const samples = changed.map(([series, value]) => [idOf(series), toJson(value)] as const);
        const gone = [...(before?.keys() ?? [])].filter((series) => !values.has(series)).map(idOf);
        put([...lines, { ...head, full: !before, samples, gone }]);
      };
      return { write };
    },
    close,
  };
}

function toJson(value: number): MetricValue {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? value : value > 0 ? '+Inf' : '-Inf';
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
