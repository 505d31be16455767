import { expect, test } from 'vitest';

import { pollUntil } from '../kernel/poll-until.ts';
import { createProbeClient } from './redis-client.ts';
import { startLoadingRedis } from './testing/loading-redis.ts';

test('asks a loading Redis again at once, although Redis estimates that it loads for long', async () => {
  await using redis = await startLoadingRedis();
  const client = createProbeClient(redis);
  try {
    await redis.finishOnceAsked();
    expect(await pollUntil(() => client.ping(), { what: 'an answer', withinMs: 20_000 })).toBe('PONG');
  } finally {
    client.disconnect();
  }
});
