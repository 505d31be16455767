import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Arm, HistoryEvent } from '../../history/events.ts';
import { historyName, metricsName } from '../../history/file-names.ts';
import { createMetricsWriter, type SeriesFacts } from '../../history/metrics-writer.ts';

/** What the fleet exports at one moment of an arm: the value of each series, by its name with its labels. */
export type Exporter = (at: {
  readonly arm: Arm;
  /** Sandbox seconds since the arm began. */
  readonly second: number;
  /** The fault is in the fleet. */
  readonly isBroken: boolean;
}) => Readonly<Record<string, number>>;

/** Scrapes, as far apart as these tests need them, sandbox ms. */
const scrapeMs = 5000;

/** Writes the folder of a recorded run: its history, and the metrics that an exporter shows meanwhile. */
export async function writeRecordedFolder(events: readonly HistoryEvent[], exporter?: Exporter): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-recorded-'));
  const lines = events.map((event, seq) => `${JSON.stringify({ ...event, seq })}\n`);
  await writeFile(path.join(folder, historyName), lines.join(''));
  if (exporter) writeMetrics(path.join(folder, metricsName), events, exporter);
  return folder;
}

function writeMetrics(file: string, events: readonly HistoryEvent[], exporter: Exporter): void {
  const fail = (reason: string): void => {
    throw new Error(reason);
  };
  const writer = createMetricsWriter(file, { run: 'r1', intervalMs: scrapeMs }, fail);
  for (const started of events.filter(({ type }) => type === 'arm.started')) {
    const { scenario, arm } = started;
    if (scenario === undefined || arm === undefined) continue;
    const own = events.filter((event) => event.arm === arm && event.scenario === scenario);
    const stretch = writer.stretch({ scenario, arm });
    const injected = own.find(({ type }) => type === 'fault.injecting')?.s ?? Infinity;
    for (let { s } = started; s <= (own.at(-1)?.s ?? s); s += scrapeMs) {
      const values = new Map(
        Object.entries(exporter({ arm, second: (s - started.s) / 1000, isBroken: s >= injected })),
      );
      stretch.write({ target: 'fleet', s, tookMs: 50, values, describe });
    }
  }
  writer.close();
}

/** `name{label="value"}`. A name that ends in `_total` is a counter. */
function describe(series: string): SeriesFacts {
  const [name = '', labels = ''] = series.split(/[{}]/);
  return {
    name,
    kind: name.endsWith('_total') ? 'counter' : 'gauge',
    labels: {
      job: 'fleet',
      instance: 'api:3000',
      ...Object.fromEntries(
        [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]),
      ),
    },
  };
}
