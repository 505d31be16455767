import { expect, test } from 'vitest';

import type { HistoryEvent, QueueRow } from '../../history/events.ts';
import { LiveCharts } from './live-charts.ts';

const row = (waiting: number, completed: number): QueueRow => [waiting, 1, 0, 0, 0, 0, 0, completed, 0, 0];
const sampleAt = (seconds: number, queues: Readonly<Record<string, QueueRow>>, full = false): HistoryEvent => ({
  type: 'sample',
  seq: 0,
  t: seconds * 1000,
  s: seconds * 1000,
  full,
  queues,
});
const none = new Map();

test('without affected queues the fleet is drawn, and the highest of its queues', () => {
  const charts = new LiveCharts();
  charts.push(sampleAt(0, { mail: row(3, 0), rest: row(4, 0) }, true));
  charts.push(sampleAt(1, { mail: row(9, 0) }));
  const [waiting] = charts.charts(none);
  expect(waiting?.series.map(({ name, points }) => [name, points.map(({ value }) => value)])).toEqual([
    ['whole fleet', [7, 13]],
    ['its highest queue', [4, 9]],
  ]);
});

test('affected queues have lines of their own, and a rate is what a count grew by', () => {
  const charts = new LiveCharts();
  charts.follow(['mail']);
  for (let second = 0; second <= 20; second += 1)
    charts.push(sampleAt(second, { mail: row(0, 2 * second), rest: row(0, 3 * second) }, true));
  const rate = charts.charts(none).at(-1);
  expect(rate?.series.map(({ name, points }) => [name, points.at(-1)?.value])).toEqual([
    ['mail', 2],
    ['whole fleet', 5],
  ]);
});

test('a line breaks while Redis does not answer', () => {
  const charts = new LiveCharts();
  charts.push(sampleAt(0, { mail: row(1, 0) }, true));
  charts.push({ type: 'redis', up: false, seq: 0, t: 1000, s: 1000 });
  charts.push(sampleAt(2, { mail: row(2, 0) }));
  expect(charts.charts(none)[0]?.series[0]?.points.map(({ value }) => value)).toEqual([1, undefined, 2]);
});

test('a drill of a whole day has no more points than one of an hour', () => {
  const charts = new LiveCharts();
  for (let second = 0; second < 86_400; second += 1) charts.push(sampleAt(second, { mail: row(second, 0) }));
  const points = charts.charts(none)[0]?.series[0]?.points ?? [];
  expect(points.length).toBeGreaterThan(500);
  expect(points.length).toBeLessThanOrEqual(1200);
  expect(points.at(-1)?.value).toBe(86_399);
});
