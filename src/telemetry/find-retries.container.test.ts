import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';

import { pollUntil } from '../kernel/poll-until.ts';
import { startRedis } from '../sandbox/testing/start-redis.ts';
import { findRetries } from './find-retries.ts';

test('a job that failed before counts as a retry, a job that is only delayed does not', async () => {
  await using redis = await startRedis();
  const client = new Redis(redis.address());
  const connection = redis.address();
  const queue = new Queue('work', { connection });
  const find = (): Promise<readonly number[]> => findRetries(client, 'bull', ['work']);
  await queue.add('delayed', {}, { delay: 3_600_000 });
  expect(await find()).toEqual([]);
  const worker = new Worker('work', () => Promise.reject(new Error('no')), { connection });
  const before = Date.now();
  await queue.add('fails', {}, { attempts: 2, backoff: { type: 'fixed', delay: 60_000 } });
  const due = await pollUntil(async () => (await find())[0], { what: 'a retry', withinMs: 20_000 });
  expect(due - before).toBeGreaterThanOrEqual(60_000);
  expect(due - before).toBeLessThan(80_000);
  await Promise.all([worker.close(), queue.close()]);
  client.disconnect();
});
