import { Redis } from 'ioredis';
import { expect, test } from 'vitest';

import { startRedis } from '../sandbox/testing/start-redis.ts';
import { queueClassOf } from '../workload/queue-class.ts';
import { queuesPaused } from './queues-paused.ts';

test('a pause holds new jobs where the BullMQ version of the fleet holds them', async () => {
  await using server = await startRedis();
  const redisAddress = server.address();
  const redis = new Redis(redisAddress);
  for (const { version, held } of [
    { version: '5.1.0', held: [0, 2] },
    { version: '6.0.0', held: [2, 0] },
    { version: 'unknown', held: [0, 2] },
  ]) {
    const name = `work.${version}`;
    const queueClass = await queueClassOf(version);
    const queue = new queueClass(name, { connection: redisAddress });
    const lists = () => Promise.all(['wait', 'paused'].map((list) => redis.llen(`bull:${name}:${list}`)));
    await queue.add('work', {});
    const target = { redis, redisAddress, prefix: 'bull', queueClass, queues: [name] };
    const spec = { kind: 'queues-paused' as const, queues: { names: [name] } };
    const fault = await queuesPaused.inject(spec, target, AbortSignal.timeout(20_000));
    await queue.add('work', {});
    expect(fault.proof.tookEffect).toBe(true);
    expect(await lists(), version).toEqual(held);
    await fault.heal();
    expect(await lists(), version).toEqual([2, 0]);
    await queue.close();
  }
  redis.disconnect();
});
