import { expect, test } from 'vitest';

import { abortable } from '../kernel/poll-until.ts';
import { startLoadingRedis } from '../telemetry/testing/loading-redis.ts';
import { createLoadClient } from './load-client.ts';

test('connects to a loading Redis as soon as it has loaded, although Redis estimates that it loads for long', async () => {
  await using redis = await startLoadingRedis();
  const client = createLoadClient(redis);
  try {
    const connecting = client.connect();
    await redis.finishOnceAsked();
    await abortable(connecting, AbortSignal.timeout(5000));
    expect(client.status).toBe('ready');
  } finally {
    client.disconnect();
  }
});
