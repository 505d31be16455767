import { expect, test } from 'vitest';

import { abortable } from '../kernel/poll-until.ts';
import { startLoadingRedis } from '../kernel/testing/loading-redis.ts';
import { createLoadClient } from './load-client.ts';

test('a Redis that says it will be loading for long gets its load when it has loaded', async () => {
  await using redis = await startLoadingRedis();
  const client = createLoadClient(redis);
  try {
    await abortable(client.connect(), AbortSignal.timeout(8000));
    expect(client.status).toBe('ready');
  } finally {
    client.disconnect();
  }
});
