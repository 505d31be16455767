import { expect, test } from 'vitest';

import { pollUntil } from '../kernel/poll-until.ts';
import { startLoadingRedis } from '../kernel/testing/loading-redis.ts';
import { createProbeClient } from './redis-client.ts';

test('a Redis that says it will be loading for long is asked again at once', async () => {
  await using redis = await startLoadingRedis();
  const client = createProbeClient(redis);
  try {
    expect(await pollUntil(() => client.ping(), { what: 'an answer', withinMs: 8000 })).toBe('PONG');
  } finally {
    client.disconnect();
  }
});
