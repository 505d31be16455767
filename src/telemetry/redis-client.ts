import { Redis } from 'ioredis';

/** A client that fails at once instead of queueing while Redis is away: the sampler wants the truth of the moment. */
export function createProbeClient(address: { readonly host: string; readonly port: number }): Redis {
  const client = new Redis({
    ...address,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    commandTimeout: 2000,
    retryStrategy: () => 50,
    // Of a file that it has just begun to load Redis may say that it needs minutes, and then nothing would be asked of it for ten seconds.
    maxLoadingRetryTime: 50,
  });
  // Every command reports its own failure; the event would only repeat it.
  client.on('error', () => undefined);
  return client;
}
