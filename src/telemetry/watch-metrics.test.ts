import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';

import { createSandboxClock } from '../kernel/clock.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { watchMetrics, type ScrapeSeen } from './watch-metrics.ts';

/** Scrapes a server at ten times the pace, until so many scrapes were recorded. The limit fits a busy machine. */
async function scrape(
  answer: RequestListener,
  count: number,
  { intervalMs = 1000, timeoutMs = 60_000 } = {},
): Promise<readonly ScrapeSeen[]> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const seen: ScrapeSeen[] = [];
  const watch = watchMetrics({
    targets: [{ job: 'api', instance: 'api:64000', url }],
    clock: createSandboxClock(10),
    intervalMs,
    timeoutMs,
    record: (one) => void seen.push(one),
  });
  // A busy machine may leave out a scrape.
  const isDone = (): boolean => seen.filter(({ tookMs }) => tookMs > 0).length >= count;
  await pollUntil(isDone, { what: `${count} scrapes`, withinMs: 60_000 });
  const recorded = [...seen];
  await watch.stop();
  server.closeAllConnections();
  server.close();
  return recorded;
}

test('a target is scraped at the interval, in sandbox time', async () => {
  const all = await scrape((_request, response) => response.end('jobs 5\n'), 4);
  const scrapes = all.filter(({ tookMs }) => tookMs > 0);
  expect(scrapes.map(({ outcome }) => 'values' in outcome && outcome.values.get('jobs'))).toEqual([5, 5, 5, 5]);
  const [first, , , last] = scrapes;
  // No scrape is early; how late one is depends on the machine.
  expect((last?.s ?? 0) - (first?.s ?? 0)).toBeGreaterThan(2900);
});

test('an error of the target is the target’s', async () => {
  const [one] = await scrape((_request, response) => response.writeHead(503).end('{}'), 1);
  expect(one?.outcome).toEqual({ message: 'HTTP status 503', late: false });
});

test('an answer that is no exposition is the target’s', async () => {
  const [one] = await scrape((_request, response) => response.end('<html>'), 1);
  expect(one?.outcome).toMatchObject({ late: false });
});

test('an answer that misses the limit in sandbox time only is this machine’s', async () => {
  const [one] = await scrape((_request, response) => void setTimeout(() => response.end('jobs 5\n'), 200), 1, {
    intervalMs: 10_000,
    timeoutMs: 1000,
  });
  expect(one?.outcome).toEqual({ message: 'no answer within the time limit', late: true });
});

test('no answer at all is the target’s', async () => {
  const [one] = await scrape(() => undefined, 1, { intervalMs: 10_000, timeoutMs: 1000 });
  expect(one?.outcome).toEqual({ message: 'no answer within the time limit', late: false });
});
