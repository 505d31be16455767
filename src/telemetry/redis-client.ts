import { Redis } from 'ioredis';

/**
 * A client that fails at once while Redis is away. Queued commands would show a later state than the sampler asked
 * for.
 */
export function createProbeClient(address: { readonly host: string; readonly port: number }): Redis {
  const client = new Redis({
    ...address,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    commandTimeout: 2000,
    retryStrategy: () => 50,
    // While it loads its file, Redis overestimates the time left: 18 s for a load of about 1 s. ioredis would wait
    // for up to 10 s, and nothing would be sampled in the meantime.
    maxLoadingRetryTime: 50,
  });
  // Every command reports its own failure. The event would only repeat it.
  client.on('error', () => undefined);
  return client;
}
