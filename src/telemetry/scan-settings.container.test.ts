import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';

import { pollUntil } from '../kernel/poll-until.ts';
import { startRedis } from '../sandbox/testing/start-redis.ts';
import { readServerCommands } from './read-server-commands.ts';
import { sampleQueues } from './sample-queues.ts';
import { scanSettings } from './scan-settings.ts';

test('every setting of queues and Redis is read, and a password only as a digest', async () => {
  await using redis = await startRedis();
  const client = new Redis(redis.address());
  const queue = new Queue('work', { connection: redis.address() });
  await queue.setGlobalConcurrency(3);
  await queue.pause();
  await client.config('SET', 'masterauth', 'a secret');
  const { queues, redis: settings, complete } = await scanSettings(client, 'bull', ['work', 'none'], 'before');
  expect(complete).toBe(true);
  expect(queues).toEqual({ work: expect.objectContaining({ concurrency: '3' }) as unknown });
  expect(queues['work']).not.toHaveProperty('paused');
  expect(settings).toMatchObject({ 'maxmemory-policy': expect.any(String) as string, timeout: '0', requirepass: '' });
  expect(JSON.stringify(settings)).not.toContain('a secret');
  expect(settings['masterauth']).toMatch(/^[0-9a-f]{12}$/);
  await queue.close();
  client.disconnect();
});

test('commands for the whole of Redis are counted, and nothing that BullMQ does', async () => {
  await using redis = await startRedis();
  const client = new Redis(redis.address());
  const queue = new Queue('work', { connection: redis.address() });
  const before = await readServerCommands(client);
  await queue.add('job', {});
  await queue.pause();
  await queue.resume();
  await queue.drain(true);
  await queue.clean(0, 10, 'failed');
  expect(await readServerCommands(client)).toEqual(before);
  await client.config('SET', 'timeout', '30');
  await client.flushdb();
  const { runId, calls } = await readServerCommands(client);
  expect(runId).toBe(before.runId);
  const given = (name: string): number => (calls[name] ?? 0) - (before.calls[name] ?? 0);
  expect([given('config|set'), given('flushdb'), given('flushall')]).toEqual([1, 1, 0]);
  await queue.close();
  client.disconnect();
});

test('a schedule is read with its next job, and reads the same after it has run', async () => {
  await using redis = await startRedis();
  const connection = redis.address();
  const client = new Redis(connection);
  const queue = new Queue('work', { connection });
  const look = async () => (await scanSettings(client, 'bull', ['work', 'none'], 'before')).schedules;
  expect(await look()).toEqual({});
  await queue.upsertJobScheduler('often', { every: 200 }, { name: 'tick', data: { secret: 'a secret' } });
  await queue.upsertJobScheduler('nightly', { pattern: '0 3 * * *', tz: 'Europe/Bucharest' });
  await queue.add('weekly', {}, { repeat: { pattern: '0 5 * * 1', key: 'old' } });
  const before = await look();
  expect(before).toEqual({
    work: {
      often: expect.stringMatching(/^every 200 ms, jobs like [0-9a-f]{12}$/) as string,
      nightly: expect.stringMatching(/^0 3 \* \* \*, in Europe\/Bucharest, jobs like [0-9a-f]{12}$/) as string,
      old: expect.stringMatching(/^0 5 \* \* 1, jobs like [0-9a-f]{12}$/) as string,
    },
  });
  const ran: unknown[] = [];
  const worker = new Worker('work', async ({ id }) => void ran.push(id), { connection });
  await pollUntil(() => ran.length >= 2, { what: 'two runs of the schedule', withinMs: 10_000 });
  expect(await look()).toEqual(before);
  await worker.close();
  // Another payload, no next job, and no schedule at all.
  await queue.upsertJobScheduler('often', { every: 200 }, { name: 'tick', data: { secret: 'another' } });
  const [next] = await client.keys('bull:work:repeat:nightly:*');
  await client.del(next ?? '');
  await queue.removeJobScheduler('old');
  const after = (await look())?.['work'];
  expect(after).toEqual({
    often: expect.not.stringMatching(before?.['work']?.['often'] ?? '') as string,
    nightly: `${before?.['work']?.['nightly']}, no next job`,
  });
  await queue.close();
  client.disconnect();
});

test('a sample counts the completed jobs that a queue still holds', async () => {
  await using redis = await startRedis();
  const connection = redis.address();
  const client = new Redis(connection);
  const queue = new Queue('work', { connection });
  const worker = new Worker('work', async () => undefined, { connection });
  await queue.addBulk(Array.from({ length: 5 }, () => ({ name: 'job', data: {} })));
  const kept = async () => (await sampleQueues(client, 'bull', ['none', 'work'])).get('work')?.at(-1);
  await pollUntil(async () => (await kept()) === 5, { what: 'five completed jobs', withinMs: 10_000 });
  await worker.close();
  await queue.clean(0, 3, 'completed');
  expect(await kept()).toBe(2);
  await queue.close();
  client.disconnect();
});
