import { Redis } from 'ioredis';

/** A client that sends nothing twice and keeps nothing for later: what it could not add was not added. Connects when it is told to. */
export function createLoadClient(address: { readonly host: string; readonly port: number }): Redis {
  const client = new Redis({
    ...address,
    // An add whose connection broke is never sent again: whether it was done is unknown, and once its job was completed and
    // dropped, the same add would make it anew.
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    lazyConnect: true,
    retryStrategy: () => 100,
    // Of a file that it has hardly begun to load Redis says that it needs many times as long as it will (18 s of one that took about a
    // second); ioredis would believe it for up to ten seconds, and nothing would be added meanwhile.
    maxLoadingRetryTime: 100,
  });
  // Lost connections show as adds that are not acknowledged; ioredis also emits them as events.
  client.on('error', () => undefined);
  return client;
}
