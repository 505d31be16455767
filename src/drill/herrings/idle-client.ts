import { Redis } from 'ioredis';

import type { Herring } from './herring.ts';

const name = 'nightly-report';

/** A client of Redis that no one has heard of: it is connected and does nothing. */
export const idleClient: Herring = {
  async plant({ redisAddress }) {
    const client = new Redis({
      ...redisAddress,
      connectionName: name,
      lazyConnect: true,
      // The player may have ended the connection. It then stays so.
      retryStrategy: () => null,
    });
    client.on('error', () => undefined);
    await client.connect();
    return {
      text: `a client "${name}" of Redis that does nothing`,
      remove: async () => client.disconnect(),
    };
  },
};
