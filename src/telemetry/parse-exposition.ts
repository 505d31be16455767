import { metricKinds, type MetricKind } from '../history/metrics.ts';

/** One scrape's answer in Prometheus' text format. */
export interface Exposition {
  /** By series as the target writes it, `bullmq_job_count{queue="a", state="failed"}`. */
  readonly values: ReadonlyMap<string, number>;
  /** By the name in `# TYPE`. */
  readonly kinds: ReadonlyMap<string, MetricKind>;
}

const sample = /^([A-Za-z_:][\w:]*(?:\s*\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?)\s+(\S+)(?:\s+-?\d+)?\s*$/;
const type = /^#\s+TYPE\s+(\S+)\s+(\S+)\s*$/;

/**
 * Parses the text format 0.0.4. Labels are left unparsed, because a series is the same from scrape to scrape:
 * `parseSeries` reads them once.
 * @throws Error that names the first line that is no sample, no comment and not empty. Prometheus drops such a scrape.
 */
export function parseExposition(text: string): Exposition {
  const values = new Map<string, number>();
  const kinds = new Map<string, MetricKind>();
  let number = 0;
  for (const line of text.split('\n')) {
    number += 1;
    if (line.startsWith('#')) {
      const [, name, kind] = type.exec(line) ?? [];
      if (name !== undefined) kinds.set(name, metricKinds.find((known) => known === kind) ?? 'untyped');
      continue;
    }
    if (line.trim() === '') continue;
    const [, series, digits] = sample.exec(line) ?? [];
    const value = digits === undefined ? undefined : parseValue(digits);
    if (series === undefined || value === undefined)
      throw new Error(`line ${number} of the metrics is no sample: ${line.slice(0, 100)}`);
    values.set(series, value);
  }
  return { values, kinds };
}

function parseValue(text: string): number | undefined {
  const named = { '+inf': Infinity, inf: Infinity, '-inf': -Infinity, nan: NaN }[text.toLowerCase()];
  if (named !== undefined) return named;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

const label = /([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?\s*/y;
const escapes: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/** @throws Error if the labels are malformed */
export function parseSeries(series: string): { readonly name: string; readonly labels: Record<string, string> } {
  const open = series.indexOf('{');
  if (open < 0) return { name: series, labels: {} };
  const labels: Record<string, string> = {};
  const inner = series.slice(open + 1, -1).trim();
  label.lastIndex = 0;
  while (label.lastIndex < inner.length) {
    const [, name, value] = label.exec(inner) ?? [];
    if (name === undefined || value === undefined) throw new Error(`the labels of ${series} cannot be read`);
    labels[name] = value.replaceAll(/\\[n"\\]/g, (escaped) => escapes[escaped] ?? escaped);
  }
  return { name: series.slice(0, open).trim(), labels };
}

const suffixes = /_(?:bucket|sum|count|total)$/;

/** The kind of a series: histograms and summaries declare it for the name without `_bucket`, `_sum` and `_count`. */
export function kindOf(name: string, kinds: Exposition['kinds']): MetricKind {
  return kinds.get(name) ?? kinds.get(name.replace(suffixes, '')) ?? 'untyped';
}
