import { Redis } from 'ioredis';

/** A client that fails at once instead of queueing while Redis is away: the sampler wants the truth of the moment. */
export function createProbeClient(address: { readonly host: string; readonly port: number }): Redis {
  const client = new Redis({
    ...address,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    commandTimeout: 2000,
    retryStrategy: () => 50,
    // Of a file that it has hardly begun to load Redis says that it needs many times as long as it will (18 s of one that took about a
    // second); ioredis would believe it for up to ten seconds, and nothing would be asked of it meanwhile.
    maxLoadingRetryTime: 50,
  });
  // Every command reports its own failure; the event would only repeat it.
  client.on('error', () => undefined);
  return client;
}
