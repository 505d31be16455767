import { Redis } from 'ioredis';

/** A client that sends nothing twice and keeps nothing for later. It connects when `connect` is called. */
export function createLoadClient(address: { readonly host: string; readonly port: number }): Redis {
  const client = new Redis({
    ...address,
    // An add whose connection broke is never sent again. Redis may have done it, and if the job is completed and
    // dropped by now, the same add would create it a second time.
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    lazyConnect: true,
    retryStrategy: () => 100,
    // While it loads its file, Redis overestimates the time left: 18 s for a load of about 1 s. ioredis would wait
    // for up to 10 s, and nothing would be added in the meantime.
    maxLoadingRetryTime: 100,
  });
  // A lost connection shows as adds without an acknowledgement. The event would only repeat it.
  client.on('error', () => undefined);
  return client;
}
