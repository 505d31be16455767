import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { createMetricsWriter, type MetricsWriter } from '../history/metrics-writer.ts';
import { readExports, readRecording } from './read-recording.ts';

let folder: string;
let file: string;
let writer: MetricsWriter;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-'));
  file = path.join(folder, 'metrics.jsonl');
  writer = createMetricsWriter(file, { run: 'r', intervalMs: 15_000 }, (reason) => {
    throw new Error(reason);
  });
});
afterEach(async () => {
  writer.close();
  await rm(folder, { recursive: true });
});

const labels = { job: 'api', instance: 'api:1' };
const describe = (name: string) => ({ name, labels, kind: 'gauge' as const });
const ok = (s: number, values: Readonly<Record<string, number>>) => ({
  target: 'api',
  s,
  tookMs: 20,
  values: new Map(Object.entries(values)),
  describe,
});
const failed = (s: number, late: boolean) => ({ target: 'api', s, tookMs: 0, failed: { message: 'gone', late } });
const pointsOf = async (name: string, fromS = 0) => {
  const [segment] = await readRecording(file, [{ scenario: 'x', arm: 'control', fromS }]);
  return segment?.series.find((one) => one.name === name)?.points.map(({ s, value }) => [s, value]);
};

test('unchanged values are written once and read as a point of every scrape', async () => {
  const stretch = writer.stretch({ scenario: 'x', arm: 'control' });
  for (const [s, a] of [
    [0, 5],
    [15_000, 5],
    [30_000, 6],
    [45_000, NaN],
    [60_000, NaN],
  ] as const)
    stretch.write(ok(s, { a, b: 1 }));
  expect(await pointsOf('a')).toEqual([
    [0, 5],
    [15_000, 5],
    [30_000, 6],
    [45_000, NaN],
    [60_000, NaN],
  ]);
  expect(await pointsOf('b')).toHaveLength(5);
  expect(await pointsOf('up')).toEqual([0, 15, 30, 45, 60].map((s) => [s * 1000, 1]));
  expect(await pointsOf('scrape_samples_scraped')).toContainEqual([60_000, 2]);
});

test('a series that the target drops ends with a stale marker, and may come back', async () => {
  const stretch = writer.stretch({ scenario: 'x', arm: 'control' });
  stretch.write(ok(0, { a: 5, b: 1 }));
  stretch.write(ok(15_000, { b: 1 }));
  stretch.write(ok(30_000, { a: 5, b: 1 }));
  expect(await pointsOf('a')).toEqual([
    [0, 5],
    [15_000, 'stale'],
    [30_000, 5],
  ]);
});

test('a failed scrape ends every series of its target and sets `up` to 0', async () => {
  const stretch = writer.stretch({ scenario: 'x', arm: 'control' });
  stretch.write(ok(0, { a: 5 }));
  stretch.write(failed(15_000, false));
  stretch.write(failed(30_000, false));
  stretch.write(ok(45_000, { a: 5 }));
  expect(await pointsOf('a')).toEqual([
    [0, 5],
    [15_000, 'stale'],
    [45_000, 5],
  ]);
  expect(await pointsOf('up')).toEqual([
    [0, 1],
    [15_000, 0],
    [30_000, 0],
    [45_000, 1],
  ]);
});

test('a scrape that this machine was too slow for ends nothing and is marked', async () => {
  const stretch = writer.stretch({ scenario: 'x', arm: 'control' });
  stretch.write(ok(0, { a: 5 }));
  // It is written after the scrape that follows it.
  stretch.write(ok(30_000, { a: 5 }));
  stretch.write(failed(15_000, true));
  expect(await pointsOf('a')).toEqual([
    [0, 5],
    [30_000, 5],
  ]);
  const [segment] = await readRecording(file, [{ scenario: 'x', arm: 'control', fromS: 0 }]);
  expect(segment?.scrapes.map(({ ok: isOk, late }) => [isOk, late])).toEqual([
    [true, false],
    [false, true],
    [true, false],
  ]);
});

test('two instances of one job keep apart', async () => {
  const stretch = writer.stretch({ scenario: 'x', arm: 'control' });
  const of = (instance: string) => ({
    target: 'exporter',
    instance,
    tookMs: 20,
    describe: (name: string) => ({ name, labels: { job: 'exporter', instance }, kind: 'gauge' as const }),
  });
  stretch.write({ ...of('a:1'), s: 0, values: new Map([['m', 1]]) });
  stretch.write({ ...of('b:1'), s: 5, values: new Map([['n', 2]]) });
  stretch.write({ ...of('a:1'), s: 15_000, values: new Map([['m', 1]]) });
  stretch.write({ ...of('b:1'), s: 15_005, failed: { message: 'gone', late: false } });
  const [segment] = await readRecording(file, [{ scenario: 'x', arm: 'control', fromS: 0 }]);
  const seen = segment?.series.filter(({ name }) => ['m', 'n', 'up'].includes(name)) ?? [];
  expect(seen.map((one) => [one.name, one.labels['instance'], one.points.map(({ value }) => value)])).toEqual([
    ['m', 'a:1', [1, 1]],
    ['up', 'a:1', [1, 1]],
    ['n', 'b:1', [2, 'stale']],
    ['up', 'b:1', [1, 0]],
  ]);
  const { series } = await readExports(file);
  expect(series.flatMap(({ name, labels: own }) => (name === 'up' ? own['instance'] : []))).toEqual(['a:1', 'b:1']);
});

test('a target that never answered has its instance', async () => {
  writer.stretch({ scenario: 'x', arm: 'control' }).write({ ...failed(0, false), instance: 'api:1' });
  const [segment] = await readRecording(file, [{ scenario: 'x', arm: 'control', fromS: 0 }]);
  expect(segment?.series.find(({ name }) => name === 'up')?.labels).toEqual({ job: 'api', instance: 'api:1' });
  expect((await readExports(file)).silent).toEqual(['api']);
});

test('arms and attempts do not mix', async () => {
  writer.stretch({ scenario: 'x', arm: 'treatment' }).write(ok(0, { a: 1 }));
  writer.stretch({ scenario: 'x', arm: 'control' }).write(ok(10, { a: 2 }));
  writer.stretch({ scenario: 'x', arm: 'control' }).write(ok(20, { a: 2 }));
  expect(await pointsOf('a', 15)).toEqual([[20, 2]]);
});

test('only the last line may be cut off', async () => {
  writer.stretch({ scenario: 'x', arm: 'control' }).write(ok(0, { a: 1 }));
  await appendFile(file, '{"type":"scr');
  expect(await pointsOf('a')).toEqual([[0, 1]]);
  await appendFile(file, '\n{"type":"scrape"}\n');
  await expect(pointsOf('a')).rejects.toMatchObject({ code: 'METRICS_LINE', location: { line: 4 } });
  await writeFile(file, '');
  await expect(pointsOf('a')).rejects.toMatchObject({ code: 'METRICS_LINE', location: { line: 1 } });
});
